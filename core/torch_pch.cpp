// The precompiled LibTorch header needs one source to hang on.
