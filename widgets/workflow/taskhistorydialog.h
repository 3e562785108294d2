// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/tasktext.h"

#include <QDialog>

namespace zandb {

/// The revisions of a task, newest first, each with what it says otherwise than the one before.  Window-modal; opened without a nested event loop.
class TaskHistoryDialog final : public QDialog
{
    Q_OBJECT
public:
    /// `revisions`: newest first; `cut`: there are older ones.
    TaskHistoryDialog(const QString &profile, const QString &task, const std::vector<TaskRevision> &revisions, bool cut, const Fleet &fleet, QWidget *parent = nullptr);
};

} // namespace zandb
