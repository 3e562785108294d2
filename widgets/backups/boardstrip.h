// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/look.h"
#include "models/workflow/board.h"

#include <QWidget>

#include <map>
#include <optional>

class QLabel;

namespace zandb {

class Chip;

/// The board's counts: how many were due, and each state as a chip that narrows the list below.  Where they do not fit side by
/// side they stand on several lines.
class BoardStrip final : public QWidget
{
    Q_OBJECT
public:
    explicit BoardStrip(QWidget *parent = nullptr);
    /// Until then nothing is known, which is not the same as zero.
    void setCounts(const BoardCounts &counts);
    /// The chip that is pressed; none: all.
    void setLook(std::optional<Look> look);
    /// On a low screen only what is good, under way or a worry is counted where not all fit on one line.
    void setLow(bool low);

Q_SIGNALS:
    void lookChosen(std::optional<zandb::Look> look);

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void retranslate();
    void fit();
    QLabel *m_total;
    QLabel *m_word;
    std::map<Look, Chip *> m_chips;
    std::optional<Look> m_look;
    std::optional<int> m_count; ///< none: not known
    bool m_low = false;
};

} // namespace zandb
