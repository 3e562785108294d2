// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace zandb {

/// F1: explains a page, beside it and without being in the way.
class HelpBox final : public QDialog
{
    Q_OBJECT
public:
    /// `text` is rich text of ours.
    HelpBox(const QString &title, const QString &text, QWidget *parent = nullptr);

Q_SIGNALS:
    void shortcutsRequested();
};

} // namespace zandb
