"""What is wrong with the scene: camera, feet, orientation, other people."""
