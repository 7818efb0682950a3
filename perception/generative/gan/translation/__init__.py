"""From picture to picture: pix2pix and CycleGAN."""
