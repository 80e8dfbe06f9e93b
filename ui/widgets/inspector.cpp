#include "ui/widgets/inspector.h"

#include <QCheckBox>
#include <QDateTime>
#include <QFormLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>
#include <iterator>
#include <map>

#include "core/types/coco_rle.h"
#include "db/project.h"
#include "ui/data_hub.h"
#include "ui/models/answer_text.h"
#include "ui/models/db_thread.h"
#include "ui/models/picture_loader.h"
#include "ui/theme.h"
#include "ui/widgets/layered_picture.h"

namespace plumbline {
namespace {

constexpr int kWidth = 44 * kGrid;
constexpr double kAskedFirst = -1e6;  // rank of a question that a person asked for
constexpr int kCategories = int(std::size(kRegionCategories));

QLabel* sectionLabel(const QString& text) {
  auto* label = new QLabel(text);
  label->setProperty("role", "section");
  return label;
}

int categoryIndex(const std::string& category) {
  const auto* found = std::find(std::begin(kRegionCategories), std::end(kRegionCategories), category);
  return found == std::end(kRegionCategories) ? -1 : int(found - std::begin(kRegionCategories));
}

bool mentions(const Observation& observation, const std::string& hash) {
  if (const auto* c = std::get_if<Comparison>(&observation)) return c->winner == hash || c->loser == hash;
  if (const auto* l = std::get_if<Level>(&observation)) return l->image == hash;
  return std::get<Region>(observation).image == hash;
}

}  // namespace

struct Inspector::Facts {
  std::optional<ImageRow> image;
  QString prompt, model;
  struct Said {
    QString who, what;
    std::int64_t createdMs = 0;
  };
  std::vector<Said> said;
  std::vector<std::vector<Mask>> masks;  // by category
};

Inspector::Inspector(StudioContext& context, QWidget* parent)
    : QFrame(parent),
      context_(context),
      content_(new QWidget),
      picture_(new LayeredPicture),
      prompt_(new QLabel),
      answers_(new QLabel),
      provenance_(new QFormLayout),
      ask_(new QPushButton(tr("Ask where it is wrong"))) {
  setFixedWidth(kWidth);
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  auto* scroll = new QScrollArea;
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setWidget(content_);
  outer->addWidget(scroll);
  auto* layout = new QVBoxLayout(content_);
  layout->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
  layout->setSpacing(kGrid);
  layout->addWidget(picture_);
  for (int c = 0; c < kCategories; ++c) {
    auto* box = new QCheckBox;
    box->setChecked(true);
    QPixmap swatch(14, 14);
    swatch.fill(categoryColor(c));
    box->setIcon(QIcon(swatch));
    connect(box, &QCheckBox::toggled, this, [this, c](bool on) { picture_->setLayerShown(c, on); });
    layers_.push_back(box);
    layout->addWidget(box);
    box->hide();
  }
  for (QLabel* label : {prompt_, answers_}) {
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  }
  prompt_->setTextFormat(Qt::PlainText);
  layout->addWidget(sectionLabel(tr("Prompt")));
  layout->addWidget(prompt_);
  layout->addWidget(sectionLabel(tr("Answers")));
  layout->addWidget(answers_);
  layout->addWidget(ask_, 0, Qt::AlignLeft);
  layout->addWidget(sectionLabel(tr("How it was made")));
  provenance_->setHorizontalSpacing(2 * kGrid);
  provenance_->setVerticalSpacing(3);
  layout->addLayout(provenance_);
  layout->addStretch(1);
  connect(ask_, &QPushButton::clicked, this, &Inspector::askAboutIt);
  content_->hide();
}

void Inspector::showImage(const QString& hash) {
  hash_ = hash;
  content_->setVisible(!hash.isEmpty());
  if (hash.isEmpty()) return;
  context_.pictures->load(hash, this, [this, hash](const LoadedPicture& picture) {
    if (hash == hash_) picture_->setPicture(picture.image, picture.error);
  });
  context_.database->run(
      this, [hash](Project& p) { return read(p, hash.toStdString()); },
      [this, hash](const Facts& facts) {
        if (hash == hash_) showFacts(facts);
      });
}

Inspector::Facts Inspector::read(Project& project, const std::string& hash) {
  Facts facts;
  facts.masks.resize(kCategories);
  facts.image = project.images().find(hash);
  if (!facts.image) return facts;
  if (facts.image->prompt) {
    if (const auto prompt = project.prompts().find(*facts.image->prompt))
      facts.prompt = QString::fromStdString(prompt->text);
  }
  if (facts.image->model) {
    if (const auto model = project.models().find(*facts.image->model)) {
      facts.model = QString::fromStdString(model->name);
      if (!model->adapters.empty()) facts.model += QStringLiteral(" + %1 LoRA").arg(model->adapters.size());
    }
  }
  std::map<std::int64_t, QString> names;
  for (const Annotator& a : project.annotators().list()) names[a.id] = QString::fromStdString(a.name);
  std::int64_t latest = 0;
  for (const ObservationRow& row : project.observations().current()) {
    if (!mentions(row.observation, hash)) continue;
    if (const auto* region = std::get_if<Region>(&row.observation)) {
      const int category = categoryIndex(region->category);
      if (category >= 0) facts.masks[std::size_t(category)].push_back(cocoDecode(region->mask));
    }
    if (row.answer == latest) continue;  // one answer may state several observations
    latest = row.answer;
    const auto answer = project.answers().find(row.answer);
    if (!answer) continue;
    QString what = answerTextWithReasons(*answer);
    if (const int preferred = preferredPicture(*answer); preferred >= 0) {
      const auto* c = std::get_if<Comparison>(&row.observation);
      what = c && c->winner == hash ? tr("preferred to another") : tr("another preferred");
    }
    facts.said.push_back({names[row.annotator], what, answer->createdMs});
  }
  return facts;
}

void Inspector::showFacts(const Facts& facts) {
  prompt_->setText(facts.prompt.isEmpty() ? tr("none") : facts.prompt);
  showLayers(facts);
  showAnswers(facts);
  showProvenance(facts);
}

void Inspector::showLayers(const Facts& facts) {
  picture_->clearLayers();
  for (int c = 0; c < kCategories; ++c) {
    const std::vector<Mask>& masks = facts.masks[std::size_t(c)];
    picture_->setLayer(c, masks);
    layers_[std::size_t(c)]->setVisible(!masks.empty());
    layers_[std::size_t(c)]->setText(
        tr("%1 (%2)").arg(categoryTitle(kRegionCategories[c])).arg(masks.size()));
  }
}

void Inspector::showAnswers(const Facts& facts) {
  if (facts.said.empty()) return answers_->setText(tr("none yet"));
  QStringList lines;
  for (const Facts::Said& said : facts.said) {
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(said.createdMs);
    lines << tr("%1: %2, %3").arg(said.who, said.what, QLocale().toString(time, QLocale::ShortFormat));
  }
  answers_->setText(lines.join('\n'));
}

void Inspector::showProvenance(const Facts& facts) {
  while (provenance_->rowCount() > 0) provenance_->removeRow(0);
  if (!facts.image) return;
  const ImageRow& image = *facts.image;
  const auto add = [this](const QString& name, const QString& value) {
    if (value.isEmpty()) return;
    auto* label = new QLabel(value);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* caption = new QLabel(name);
    caption->setProperty("role", "quiet");
    provenance_->addRow(caption, label);
  };
  add(tr("Model"), facts.model);
  if (image.source == "generated") {
    add(tr("Seed"), tr("%1, picture %2").arg(image.seed).arg(image.imageIndex));
    add(tr("Sampler"), tr("%1, %2 steps, guidance %3")
                           .arg(QString::fromStdString(image.sampler))
                           .arg(image.steps)
                           .arg(image.guidance));
    if (const double start = image.extra.value("guidance_start", 0.0); start > 0 && image.guidance != 1)
      add(tr("Guidance"), tr("begins after %1 % of the steps").arg(100 * start));
    if (const double eta = image.extra.value("eta", 0.0); eta > 0)
      add(tr("Fresh noise"), tr("eta %1").arg(eta));
    add(tr("Not"), QString::fromStdString(image.negativePrompt));
    add(tr("Engine"), QString::fromStdString(image.fingerprint));
  } else {
    add(tr("Source"), QString::fromStdString(image.source));
  }
  add(tr("Size"), tr("%1 x %2 pixels").arg(image.width).arg(image.height));
  add(tr("Time"), QLocale().toString(QDateTime::fromMSecsSinceEpoch(image.createdMs), QLocale::ShortFormat));
  add(tr("Hash"), hash_.left(16));
  if (image.state != ImageState::kOk) add(tr("State"), QString::fromStdString(imageStateName(image.state)));
}

void Inspector::askAboutIt() {
  const std::string hash = hash_.toStdString();
  context_.database->run(
      this,
      [hash](Project& p) {
        QueryRow query;
        query.type = "mask";
        query.images = {hash};
        if (const auto image = p.images().find(hash)) query.prompt = image->prompt;
        query.rank = kAskedFirst;
        query.acquisition = "by_hand";
        p.queries().enqueue(query);
      },
      [this] {
        Q_EMIT context_.hub->queriesChanged();
        Q_EMIT context_.hub->message(tr("The question is next in the queue on Annotate."));
      });
}

}  // namespace plumbline
