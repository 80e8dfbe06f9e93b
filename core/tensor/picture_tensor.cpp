#include "core/tensor/picture_tensor.h"

#include <torch/torch.h>

#include <cstring>

#include "core/types/error.h"

namespace plumbline {

at::Tensor toTensor(const Picture& picture) {
  if (picture.width <= 0 || picture.height <= 0 ||
      picture.rgb.size() != std::size_t(picture.width) * picture.height * 3) {
    throw Error(ErrorKind::kInvalidInput, "a picture without pixels cannot be used");
  }
  // from_blob does not own the bytes: the conversion below copies them before the picture can go.
  const at::Tensor bytes = torch::from_blob(const_cast<std::uint8_t*>(picture.rgb.data()),
                                            {picture.height, picture.width, 3}, at::kByte);
  return bytes.permute({2, 0, 1}).to(at::kFloat).div_(127.5).sub_(1.0).contiguous();
}

at::Tensor toTensor(const std::vector<Picture>& pictures) {
  if (pictures.empty()) throw Error(ErrorKind::kInvalidInput, "no pictures");
  std::vector<at::Tensor> tensors;
  for (const Picture& picture : pictures) {
    if (picture.width != pictures[0].width || picture.height != pictures[0].height) {
      throw Error(ErrorKind::kInvalidInput, "pictures of different sizes cannot form one batch");
    }
    tensors.push_back(toTensor(picture));
  }
  return at::stack(tensors);
}

at::Tensor maskTensor(const Mask& mask) {
  if (mask.data.size() != std::size_t(mask.width) * mask.height || mask.data.empty()) {
    throw Error(ErrorKind::kInvalidInput, "a mask without pixels cannot be used");
  }
  const at::Tensor bytes =
      torch::from_blob(const_cast<std::uint8_t*>(mask.data.data()), {1, mask.height, mask.width}, at::kByte);
  return bytes.ne(0).to(at::kFloat);
}

at::Tensor resizedTo(const at::Tensor& images, std::int64_t height, std::int64_t width) {
  if (images.size(2) == height && images.size(3) == width) return images;
  return at::upsample_bilinear2d(images, {height, width}, /*align_corners=*/false);
}

Picture toPicture(const at::Tensor& tensor) {
  if (tensor.dim() != 3 || tensor.size(0) != 3)
    throw Error(ErrorKind::kInternal, "a picture tensor is 3 H W");
  const at::Tensor bytes = tensor.detach()
                               .to(at::kCPU, at::kFloat)
                               .add(1.0)
                               .mul_(127.5)
                               .round_()
                               .clamp_(0, 255)
                               .to(at::kByte)
                               .permute({1, 2, 0})
                               .contiguous();
  Picture picture(int(tensor.size(2)), int(tensor.size(1)));
  std::memcpy(picture.rgb.data(), bytes.data_ptr<std::uint8_t>(), picture.rgb.size());
  return picture;
}

std::vector<Picture> toPictures(const at::Tensor& tensor) {
  std::vector<Picture> pictures;
  for (const at::Tensor& one : tensor.unbind(0)) pictures.push_back(toPicture(one));
  return pictures;
}

Mask toMask(const at::Tensor& tensor, double threshold) {
  const at::Tensor plane = tensor.dim() == 3 ? tensor.squeeze(0) : tensor;
  if (plane.dim() != 2) throw Error(ErrorKind::kInternal, "a mask tensor is H W or 1 H W");
  const at::Tensor bytes = plane.detach().gt(threshold).to(at::kCPU, at::kByte).contiguous();
  Mask mask(int(plane.size(1)), int(plane.size(0)));
  std::memcpy(mask.data.data(), bytes.data_ptr<std::uint8_t>(), mask.data.size());
  return mask;
}

}  // namespace plumbline
