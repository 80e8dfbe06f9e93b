#include "ui/models/export_facts.h"

#include <QCoreApplication>

#include "db/project.h"

namespace plumbline {
namespace {

// The context under which lupdate files what stands in tr() here.
QString tr(const char* text) {
  return QCoreApplication::translate("plumbline::ExportFacts", text);
}

}  // namespace

ExportFacts ExportFacts::read(Project& project) {
  ExportFacts facts;
  facts.comparisons = project.observations().count({.kind = "comparison"});
  facts.regions = project.observations().count({.kind = "region"});
  facts.pictures = project.images().count();
  for (const RunRow& run : project.runs().list("align")) {
    facts.adapters += project.runs().latestCheckpoint(run.id, "adapter").has_value();
  }
  return facts;
}

QString ExportFacts::textFor(const QString& format) const {
  if (format == "pickapic_jsonl") return tr("Comparisons: %1").arg(comparisons);
  if (format == "coco_masks") return tr("Looked-at regions: %1").arg(regions);
  if (format == "peft_lora") return tr("Finished fine-tunes: %1").arg(adapters);
  return {};
}

bool ExportFacts::nothingFor(const QString& format) const {
  if (format == "pickapic_jsonl") return comparisons == 0;
  if (format == "coco_masks") return regions == 0;
  if (format == "peft_lora") return adapters == 0;
  return false;
}

QString ExportFacts::whyNothing(const QString& format) {
  if (format == "peft_lora") return tr("No fine-tune has finished yet, so there is no adapter to export.");
  if (format == "coco_masks") return tr("Nobody has painted masks yet.");
  return tr("Nobody has compared pictures yet.");
}

QString ExportFacts::pageFor(const QString& format) {
  return format == "peft_lora" ? "align" : "annotate";
}

}  // namespace plumbline
