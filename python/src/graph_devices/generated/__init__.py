"""What mirrors the core. Written by `cargo xtask generate`; do not edit."""
