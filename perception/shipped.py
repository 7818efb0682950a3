"""The perception tasks that come with the suite, by name. Source: ours."""

from __future__ import annotations

from perception.task_entry import TaskEntry

SHIPPED: tuple[TaskEntry, ...] = (
    TaskEntry(
        "segmentation",
        "says of each pixel what it shows: FCN-32s, 16s, 8s (Long et al. 2015) and U-Net (Ronneberger et al. 2015)",
        "perception.segmentation.task:SegmentationTask",
        recipe="segmentation-car-racing",
        trial=(
            "training.updates=4",
            "training.batch_size=2",
            "training.report_every=1",
            "training.precision=float32",
            "training.layout=channels_last",
            "width=4",
            "levels=2",
            "data.worlds=1",
            "data.steps=40",
            "data.every=10",
            "judging.frames=1",
        ),
    ),
    TaskEntry(
        "classification",
        "names what a crop shows, such as a sign or a light: plain, VGG, ResNet v1 and v2, DenseNet, MobileNet v1 and v2, ViT",
        "perception.classification.task:ClassificationTask",
        recipe="signs",
        trial=(
            "training.updates=4",
            "training.batch_size=8",
            "training.report_every=1",
            "training.precision=float32",
            "training.layout=channels_last",
            "sizes.maps=[4,4]",
            "sizes.layers=[1,1]",
            "judging.examples=16",
        ),
    ),
    TaskEntry(
        "yolo",
        "finds things in pictures: YOLO v3 (Redmon and Farhadi 2018), small and as published, and v1 (Redmon et al. 2016)",
        "perception.detection.task:YoloTask",
        recipe="yolo",
        trial=(
            "training.updates=4",
            "training.batch_size=2",
            "training.report_every=1",
            "training.precision=float32",
            "training.layout=channels_last",
            "source=shapes",
            "shapes.frames=4",
            "shapes.held_out_frames=2",
            "small.widths=[4,4,8,8]",
            "small.blocks=[1,0,0]",
            "small.neck=[4,4,4]",
        ),
    ),
    TaskEntry(
        "vae",
        "codes pictures in a few numbers, draws new ones: VAE (Kingma and Welling 2014), beta-VAE (Higgins et al. 2017), conditional",
        "perception.generative.autoencoders.vae_task:VaeTask",
        recipe="vae-car-racing",
        trial=(
            "training.updates=4",
            "training.batch_size=2",
            "training.report_every=1",
            "training.precision=float32",
            "training.layout=channels_last",
            "width=4",
            "latents=4",
            "data.car_racing.worlds=1",
            "data.car_racing.steps=40",
            "data.car_racing.every=5",
            "judging.pictures=8",
        ),
    ),
)
