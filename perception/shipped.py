"""The perception tasks that come with the suite, by name. Source: ours."""

from __future__ import annotations

from perception.task_entry import TaskEntry


def _trial(batch_size: int, *own: str) -> tuple[str, ...]:
    """Settings of four quick updates, in an arithmetic that is the same everywhere, and a task's own."""
    loop = ("updates=4", f"batch_size={batch_size}", "report_every=1", "precision=float32", "layout=channels_last")
    return (*(f"training.{setting}" for setting in loop), *own)


SHIPPED: tuple[TaskEntry, ...] = (
    TaskEntry(
        "segmentation",
        "says of each pixel what it shows: FCN-32s, 16s, 8s (Long et al. 2015) and U-Net (Ronneberger et al. 2015)",
        "perception.segmentation.task:SegmentationTask",
        recipe="segmentation-car-racing",
        trial=_trial(2, "width=4", "levels=2", "data.worlds=1", "data.steps=40", "data.every=10", "judging.frames=1"),
    ),
    TaskEntry(
        "classification",
        "names what a crop shows, such as a sign or a light: plain, VGG, ResNet v1 and v2, DenseNet, MobileNet v1 and v2, ViT",
        "perception.classification.task:ClassificationTask",
        recipe="signs",
        trial=_trial(8, "sizes.maps=[4,4]", "sizes.layers=[1,1]", "judging.examples=16"),
    ),
    TaskEntry(
        "yolo",
        "finds things in pictures: YOLO v3 (Redmon and Farhadi 2018), small and as published, and v1 (Redmon et al. 2016)",
        "perception.detection.task:YoloTask",
        recipe="yolo",
        trial=_trial(
            2,
            "source=shapes",
            "shapes.frames=4",
            "shapes.held_out_frames=2",
            "small.widths=[4,4,8,8]",
            "small.blocks=[1,0,0]",
            "small.neck=[4,4,4]",
        ),
    ),
    TaskEntry(
        "autoencoder",
        "gives pictures back through few numbers (Hinton and Salakhutdinov 2006), without noise, in colour, or in another look",
        "perception.generative.autoencoders.autoencoder_task:AutoencoderTask",
        recipe="autoencoder-car-racing",
        trial=_trial(2, "width=4", "latents=4", "corruption=noise", "data.source=signs", "judging.pictures=4"),
    ),
    TaskEntry(
        "vae",
        "codes pictures in a few numbers, draws new ones: VAE (Kingma and Welling 2014), beta-VAE (Higgins et al. 2017), conditional",
        "perception.generative.autoencoders.vae_task:VaeTask",
        recipe="vae-car-racing",
        trial=_trial(2, "width=4", "latents=4", "data.source=signs", "judging.pictures=8"),
    ),
    TaskEntry(
        "diffusion",
        "draws new pictures out of noise, by class if you like: DDPM (Ho et al. 2020), DDIM sampling (Song et al. 2021)",
        "perception.generative.diffusion.task:DiffusionTask",
        recipe="diffusion-signs",
        trial=_trial(2, "steps=8", "width=8", "levels=1", "patch=4", "sampling.steps=2", "judging.pictures=8"),
    ),
    TaskEntry(
        "gan",
        "makes pictures from noise, of a class or a code if asked: DCGAN, CGAN, ACGAN, LSGAN, WGAN, WGAN-GP, InfoGAN",
        "perception.generative.gan.task:GanTask",
        recipe="dcgan",
        trial=_trial(8, "training.average=0.9", "member=acgan", "width=4", "noise=4", "judging.pictures=16"),
    ),
    TaskEntry(
        "pix2pix",
        "makes streets from the classes of their pixels, or from another look, learned from pairs (Isola et al. 2017)",
        "perception.generative.gan.translation.pix2pix_task:Pix2PixTask",
        recipe="pix2pix",
        trial=_trial(
            2,
            "width=4",
            "levels=3",
            "critic={patch=16, width=4}",
            "data={towns=1, worlds=1, moments=1, cars=2}",
            "judging.pairs=4",
        ),
    ),
    TaskEntry(
        "cyclegan",
        "turns streets of one look into another and back, learned without pairs (Zhu et al. 2017)",
        "perception.generative.gan.translation.cyclegan_task:CycleGanTask",
        recipe="cyclegan",
        trial=_trial(
            2,
            "width=4",
            "blocks=1",
            "pool=3",
            "critic={patch=16, width=4}",
            "data={towns=1, worlds=1, moments=1, cars=2}",
            "judging.pairs=4",
        ),
    ),
)
