"""Reads the files of published sets of pictures that a user has: MNIST, CIFAR-10, SVHN. Nothing is downloaded."""
