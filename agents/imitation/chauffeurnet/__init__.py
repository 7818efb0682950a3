"""ChauffeurNet: imitate what was driven, and what was never driven. Source: Bansal, Krizhevsky, Ogale 2018, arXiv:1812.03079."""
