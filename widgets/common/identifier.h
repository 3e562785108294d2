// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTextEdit>

namespace zandb {

/// A long identifier, path or checksum that breaks anywhere to fit its width, and is copied without anything between:
/// a label would have to hold invisible characters to break at.  As high as its text.
class Identifier final : public QTextEdit
{
    Q_OBJECT
public:
    explicit Identifier(QWidget *parent = nullptr);
    void setText(const QString &text);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

protected:
    QMimeData *createMimeDataFromSelection() const override;
    void changeEvent(QEvent *event) override;
};

} // namespace zandb
