// What captions of the scenes world say about each other's pictures: hard negatives, which pairs are unclear,
// and how much of one caption a picture of the other shows. Reads captions only. Pure functions, thread-safe.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "core/scenes/prompt.h"

namespace plumbline::training {

// The prompt with one attribute changed such that no picture fits both, or the prompt itself if none was
// found. Never a held-out one.
scenes::ScenePrompt changedPrompt(const scenes::ScenePrompt& prompt, scenes::SceneRng& rng);
// May a picture of `drawn` also fit the caption of `asked`? Unsaid things fit either way.
bool mayFit(const scenes::ScenePrompt& drawn, const scenes::ScenePrompt& asked);
// Share of what `asked` asks for that a picture of `drawn` shows, 0 to 1, by the checks of a verdict
// (core/scenes/reading.h); what is unsaid counts half.
double shownShare(const scenes::ScenePrompt& drawn, const scenes::ScenePrompt& asked);
// The same of a picture in which one of the objects, nobody knows which, is no shape of this world any more.
double shownShareWithOneMangled(const scenes::ScenePrompt& drawn, const scenes::ScenePrompt& asked);

// b b: 1 where a picture of prompt i may also fit prompt j != i.
at::Tensor unclearPairs(const std::vector<scenes::ScenePrompt>& prompts);
// b b: shownShare of picture i for prompt j, 1 on the diagonal; mangled (b): 1 where one of the objects is.
at::Tensor shownShares(const std::vector<scenes::ScenePrompt>& prompts, const at::Tensor& mangled);

}  // namespace plumbline::training
