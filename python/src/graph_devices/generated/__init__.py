"""The mirrors of core. Written by `cargo xtask generate`; do not edit."""
