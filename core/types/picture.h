// Plain picture and mask buffers that cross every layer: neither Qt, nor OpenCV, nor LibTorch.
#pragma once

#include <cstdint>
#include <vector>

namespace plumbline {

// 8-bit RGB, row-major, no padding: rgb[(y * width + x) * 3 + channel].
struct Picture {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;

  Picture() = default;
  Picture(int w, int h) : width(w), height(h), rgb(std::size_t(w) * h * 3, 0) {}
  std::uint8_t* at(int x, int y) { return rgb.data() + (std::size_t(y) * width + x) * 3; }
  const std::uint8_t* at(int x, int y) const { return rgb.data() + (std::size_t(y) * width + x) * 3; }
  bool operator==(const Picture&) const = default;
};

// One byte per pixel, row-major: 0 outside, 1 inside.
struct Mask {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> data;

  Mask() = default;
  Mask(int w, int h) : width(w), height(h), data(std::size_t(w) * h, 0) {}
  std::uint8_t& at(int x, int y) { return data[std::size_t(y) * width + x]; }
  std::uint8_t at(int x, int y) const { return data[std::size_t(y) * width + x]; }
  std::size_t area() const {
    std::size_t n = 0;
    for (const std::uint8_t v : data) n += v != 0;
    return n;
  }
  bool operator==(const Mask&) const = default;
};

}  // namespace plumbline
