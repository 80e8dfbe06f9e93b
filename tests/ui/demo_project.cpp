#include "tests/ui/demo_project.h"

#include <QBuffer>
#include <QPainter>
#include <cmath>

namespace plumbline::test {
namespace {

constexpr const char* kColorNames[] = {"red", "green", "blue", "yellow", "purple"};
constexpr QRgb kColors[] = {0xd62828, 0x2ca044, 0x2654d2, 0xfac814, 0x823caa};
constexpr const char* kShapes[] = {"circle", "square", "triangle"};

QPolygonF triangle(QPointF centre, double radius, double turn) {
  QPolygonF polygon;
  for (int i = 0; i < 3; ++i) {
    const double angle = turn + i * 2 * M_PI / 3 - M_PI / 2;
    polygon << centre + QPointF(std::cos(angle), std::sin(angle)) * radius;
  }
  return polygon;
}

void drawShape(QPainter& painter, int shape, QPointF centre, double radius, double turn) {
  if (shape == 0) painter.drawEllipse(centre, radius, radius);
  if (shape == 1) {
    painter.save();
    painter.translate(centre);
    painter.rotate(turn * 20);
    painter.drawRect(QRectF(-radius * 0.85, -radius * 0.85, radius * 1.7, radius * 1.7));
    painter.restore();
  }
  if (shape == 2) painter.drawPolygon(triangle(centre, radius * 1.1, turn));
}

}  // namespace

QString sceneText(int number) {
  const int first = (number / 2) % 5, second = (number / 2 * 3 + 2) % 5, shape = (number / 2) % 3;
  return QStringLiteral("two small %1 %2s above a large %3 circle on white")
      .arg(kColorNames[first], kShapes[shape], kColorNames[second]);
}

QImage drawScene(int number, int size) {
  QImage image(size, size, QImage::Format_RGB32);
  image.fill(Qt::white);
  QPainter painter(&image);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.scale(size / 128.0, size / 128.0);
  const int prompt = number / 2;
  const double turn = 0.15 * (number % 7) - 0.4;
  painter.setPen(QPen(QColor(60, 60, 60), 1));
  painter.setBrush(QColor(kColors[prompt % 5]));
  drawShape(painter, prompt % 3, QPointF(34 + number % 5, 30 + number % 9), 11, turn);
  // Every other picture of a prompt gets the count wrong or shows an emblem that nobody asked for.
  if (number % 2 == 0) drawShape(painter, prompt % 3, QPointF(88 - number % 6, 33), 11, -turn);
  painter.setBrush(QColor(kColors[(prompt * 3 + 2) % 5]));
  painter.drawEllipse(QPointF(62 + number % 8, 92), 21, 21);
  if (number % 2 == 1) {
    painter.setPen(QPen(Qt::black, 2.5));
    painter.setBrush(QColor(255, 191, 0));
    painter.drawPolygon(triangle(QPointF(98, 52 + number % 11), 14, 0.1));
    painter.drawLine(QPointF(98, 46 + number % 11), QPointF(98, 54 + number % 11));
  }
  return image;
}

std::unique_ptr<DemoProject> makeDemoProject(const QStringList& types, int size) {
  auto demo = std::make_unique<DemoProject>();
  const auto project = Project::create(demo->path().toStdString());
  std::int64_t model = project->models().ensure({.name = "scenes", .path = "models/scenes", .hash = "0f3a"});
  const auto addPicture = [&](int number, std::int64_t prompt) {
    QByteArray png;
    QBuffer buffer(&png);
    buffer.open(QIODevice::WriteOnly);
    drawScene(number, size).save(&buffer, "png");
    ImageRow row;
    row.prompt = prompt;
    row.model = model;
    row.seed = 100 + number;
    row.imageIndex = number % 2;
    row.sampler = "ddim";
    row.steps = 20;
    row.guidance = 5;
    row.extra = {{"guidance_start", 0.4}, {"eta", 0.0}};
    row.fingerprint = "test engine";
    demo->images.push_back(
        project->images().add(std::string_view(png.constData(), std::size_t(png.size())), row));
    return demo->images.back();
  };
  std::vector<QueryRow> rows;
  for (int i = 0; i < types.size(); ++i) {
    QueryRow row;
    row.type = types[i].toStdString();
    const std::int64_t prompt = project->prompts().ensure({.text = sceneText(2 * i).toStdString()});
    row.prompt = prompt;
    row.images.push_back(addPicture(2 * i, prompt));
    const std::string second = addPicture(2 * i + 1, prompt);
    if (types[i] == "pair") row.images.push_back(second);
    if (types[i] == "mask") row.images = {second};
    row.rank = i;
    row.acquisition = "random";
    rows.push_back(std::move(row));
  }
  demo->queries = project->queries().enqueue(rows);
  return demo;
}

std::unique_ptr<Studio> openStudio(const DemoProject& project) {
  auto settings = std::make_unique<QSettings>(project.settingsFile(), QSettings::IniFormat);
  settings->setValue("annotator", "anna");
  settings->setValue("answer_guard_ms", 0);  // the hand of a test is faster than a person's
  return std::make_unique<Studio>(project.path(), std::move(settings));
}

}  // namespace plumbline::test
