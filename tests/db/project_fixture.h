// What tests of the store start from: a project in a temporary folder, real small PNGs, queries, annotators.
#pragma once

#include <QByteArray>
#include <QTemporaryDir>
#include <memory>
#include <string>
#include <vector>

#include "db/project.h"

namespace plumbline::testing {

inline std::uint32_t crcOf(const QByteArray& bytes) {
  std::uint32_t crc = 0xffffffffu;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320u : 0u);
  }
  return ~crc;
}

inline void appendBigEndian(QByteArray& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes.append(static_cast<char>(value >> shift));
}

inline void appendChunk(QByteArray& png, const char* type, const QByteArray& data) {
  appendBigEndian(png, static_cast<std::uint32_t>(data.size()));
  const QByteArray body = QByteArray(type) + data;
  png += body;
  appendBigEndian(png, crcOf(body));
}

// A decodable RGB picture of one grey level per `shade` (any number: it also moves the hue).
inline std::string makePng(int shade, int width = 8, int height = 6) {
  QByteArray header;
  appendBigEndian(header, static_cast<std::uint32_t>(width));
  appendBigEndian(header, static_cast<std::uint32_t>(height));
  header += QByteArray("\x08\x02\x00\x00\x00", 5);
  QByteArray rows;
  for (int y = 0; y < height; ++y) {
    rows.append('\0');
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) rows.append(static_cast<char>(shade >> (8 * c)));
    }
  }
  QByteArray png("\x89PNG\r\n\x1a\n", 8);
  appendChunk(png, "IHDR", header);
  appendChunk(png, "IDAT", qCompress(rows).mid(4));
  appendChunk(png, "IEND", {});
  return png.toStdString();
}

struct ProjectFixture {
  QTemporaryDir folder;
  std::unique_ptr<Project> project;
  std::int64_t annotator = 0;
  int shade = 0;

  ProjectFixture() {
    project = Project::create(path());
    annotator = project->annotators().ensure({.name = "ann"});
  }
  std::filesystem::path path() const {
    return std::filesystem::path(folder.path().toStdString()) / "project";
  }

  std::string image(const std::string& prompt = "a red circle") {
    ImageRow row;
    row.prompt = project->prompts().ensure({.text = prompt});
    row.seed = ++shade;
    return project->images().add(makePng(shade), row);
  }
  std::int64_t pairQuery(const std::string& prompt = "a red circle", int wanted = 1, double rank = 0) {
    const std::string a = image(prompt), b = image(prompt);
    QueryRow query;
    query.type = "pair";
    query.images = {a, b};
    query.prompt = project->prompts().ensure({.text = prompt});
    query.wanted = wanted;
    query.rank = rank;
    query.acquisition = "random";
    return project->queries().enqueue(query);
  }
  std::int64_t oneImageQuery(const std::string& type, const std::string& prompt = "a red circle") {
    QueryRow query;
    query.type = type;
    query.images = {image(prompt)};
    query.prompt = project->prompts().ensure({.text = prompt});
    return project->queries().enqueue(query);
  }
  AnswerRow answer(std::int64_t query, const nlohmann::json& value) {
    AnswerDraft draft;
    draft.query = query;
    draft.annotator = annotator;
    draft.value = value;
    draft.milliseconds = 1000;
    return project->answers().record(draft);
  }
  AnswerRow choose(std::int64_t query, const std::string& choice) {
    return answer(query, {{"choice", choice}});
  }
};

// Runs the action; returns the kind of the plumbline::Error it throws, or nothing.
template <class Action>
std::optional<ErrorKind> errorOf(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.kind();
  }
  return std::nullopt;
}

}  // namespace plumbline::testing
