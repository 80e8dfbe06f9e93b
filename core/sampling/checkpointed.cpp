#include "core/sampling/checkpointed.h"

#include <torch/custom_class.h>
#include <torch/torch.h>

namespace plumbline {
namespace {

using Body = std::function<at::Tensor(const at::Tensor&)>;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct BodyHolder : torch::CustomClassHolder {
  explicit BodyHolder(Body b) : body(std::move(b)) {}
  Body body;
};

class Recompute : public torch::autograd::Function<Recompute> {
 public:
  static at::Tensor forward(AutogradContext* context, c10::intrusive_ptr<BodyHolder> holder,
                            const at::Tensor& x, at::TensorList parameters) {
    variable_list saved{x};
    saved.insert(saved.end(), parameters.begin(), parameters.end());
    context->save_for_backward(saved);
    context->saved_data["body"] = c10::IValue::make_capsule(holder);
    return holder->body(x);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const auto capsule = context->saved_data["body"].toCapsule();
    const Body& body = static_cast<BodyHolder*>(capsule.get())->body;
    variable_list results(saved.size() + 1);  // the first belongs to the holder

    torch::AutoGradMode enabled(true);
    const at::Tensor x = saved[0].detach().requires_grad_(saved[0].requires_grad());
    const at::Tensor y = body(x);
    variable_list inputs;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < saved.size(); ++i) {
      const at::Tensor& input = i == 0 ? x : saved[i];
      if (!input.requires_grad()) continue;
      inputs.push_back(input);
      places.push_back(i + 1);
    }
    const variable_list found = torch::autograd::grad({y}, inputs, {gradients[0]}, false, false, true);
    for (std::size_t i = 0; i < found.size(); ++i) results[places[i]] = found[i];
    return results;
  }
};

}  // namespace

at::Tensor checkpointed(Body function, const at::Tensor& x, const std::vector<at::Tensor>& parameters) {
  if (!at::GradMode::is_enabled()) return function(x);
  return Recompute::apply(c10::make_intrusive<BodyHolder>(std::move(function)), x,
                          at::TensorList(parameters));
}

}  // namespace plumbline
