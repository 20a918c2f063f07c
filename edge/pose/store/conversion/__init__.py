"""From the TensorFlow Lite file of a package to ONNX."""
