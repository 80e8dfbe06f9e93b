#include "ui/data_hub.h"

namespace plumbline {

DataHub::DataHub(QObject* parent) : QObject(parent) {}

}  // namespace plumbline
