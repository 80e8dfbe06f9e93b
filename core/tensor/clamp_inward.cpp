#include "core/tensor/clamp_inward.h"

#include <torch/torch.h>

namespace plumbline {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct ClampInward : torch::autograd::Function<ClampInward> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& pictures) {
    context->save_for_backward({pictures});
    return pictures.clamp(-1, 1);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const at::Tensor pictures = context->get_saved_variables()[0], g = gradients[0];
    // A step of descent goes against the gradient.
    const at::Tensor outward = ((pictures > 1) & (g < 0)) | ((pictures < -1) & (g > 0));
    return {g.masked_fill(outward, 0)};
  }
};

}  // namespace

at::Tensor clampInward(const at::Tensor& pictures) {
  return ClampInward::apply(pictures);
}

}  // namespace plumbline
