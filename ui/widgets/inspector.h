// Everything known about one picture: itself with masks as layers, the prompt, what people said, where it
// comes from. Reads on the database thread; a picture chosen meanwhile wins. UI thread.
#pragma once

#include <QFrame>

#include "ui/studio_context.h"

class QCheckBox;
class QFormLayout;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace plumbline {

class LayeredPicture;

class Inspector : public QFrame {
  Q_OBJECT

 public:
  explicit Inspector(StudioContext& context, QWidget* parent = nullptr);

  void showImage(const QString& hash);  // empty: nothing is chosen
  QString shownHash() const { return hash_; }

 private:
  struct Facts;
  static Facts read(Project& project, const std::string& hash);
  void showFacts(const Facts& facts);
  void showLayers(const Facts& facts);
  void showAnswers(const Facts& facts);
  void showProvenance(const Facts& facts);
  void askAboutIt();

  StudioContext& context_;
  QString hash_;
  QWidget* content_;
  LayeredPicture* picture_;
  std::vector<QCheckBox*> layers_;
  QLabel* prompt_;
  QLabel* answers_;
  QFormLayout* provenance_;
  QPushButton* ask_;
};

}  // namespace plumbline
