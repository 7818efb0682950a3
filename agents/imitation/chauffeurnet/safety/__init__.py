"""A safety layer: checks what a ChauffeurNet wants to do against the raster that it looks at, and slows down where that would go wrong."""
