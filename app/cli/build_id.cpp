#include <elf.h>
#include <link.h>

#include <cstring>

#include "app/cli/catalog.h"

namespace plumbline {
namespace {

std::string hex(const unsigned char* bytes, std::size_t size) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

std::string buildIdInNotes(const unsigned char* at, const unsigned char* end) {
  while (at + sizeof(ElfW(Nhdr)) <= end) {
    ElfW(Nhdr) note;
    std::memcpy(&note, at, sizeof note);
    const unsigned char* name = at + sizeof note;
    const unsigned char* value = name + ((note.n_namesz + 3) & ~3u);
    if (value + note.n_descsz > end) break;
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(name, "GNU", 4) == 0) {
      return hex(value, note.n_descsz);
    }
    at = value + ((note.n_descsz + 3) & ~3u);
  }
  return {};
}

// Called for each loaded object; the program itself comes first, so the first call decides.
int visitProgram(dl_phdr_info* info, std::size_t, void* result) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& header = info->dlpi_phdr[i];
    if (header.p_type != PT_NOTE) continue;
    const auto* at = reinterpret_cast<const unsigned char*>(info->dlpi_addr + header.p_vaddr);
    const std::string id = buildIdInNotes(at, at + header.p_memsz);
    if (id.empty()) continue;
    *static_cast<std::string*>(result) = id;
    break;
  }
  return 1;
}

}  // namespace

std::string buildId() {
  std::string id;
  dl_iterate_phdr(visitProgram, &id);
  return id.empty() ? programVersion() : id;
}

}  // namespace plumbline
