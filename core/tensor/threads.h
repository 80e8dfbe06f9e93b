// Threads and memory of the process that computes. Call once at start, before other threads use LibTorch.
#pragma once

namespace plumbline {

// Cores that this process may run on (its affinity mask).
int availableCores();
// Sets LibTorch's threads within an operation; 0 means availableCores(). Returns the number set. LibTorch
// starts with one here although there are more cores.
int useThreads(int threads = 0);
// Keeps freed blocks inside the process: giving large tensors back to the system and mapping them again costs
// 10 to 15 % in page faults. For the device host and long computations only.
void keepFreedMemory();

}  // namespace plumbline
