// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QLayout>
#include <QList>

namespace zandb {

/// Puts widgets side by side and begins another line where the width ends, so that their number never decides how narrow a
/// window may be.  Lines are as high as their highest widget, and widgets stand in the middle of their line.
class FlowLayout final : public QLayout
{
public:
    explicit FlowLayout(QWidget *parent);
    ~FlowLayout() override;
    void addItem(QLayoutItem *item) override { m_items.append(item); }
    /// Room before the next widget that is added, in pixels; none where that widget begins a line.
    void addSpace(int pixels) { m_spaces.insert(m_items.size(), pixels); }
    int count() const override { return static_cast<int>(m_items.size()); }
    QLayoutItem *itemAt(int index) const override { return m_items.value(index); }
    QLayoutItem *takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return arrange(QRect(0, 0, width, 0), false); }
    QSize sizeHint() const override;
    QSize minimumSize() const override;
    void setGeometry(const QRect &rect) override;

private:
    /// Returns the height it takes; moves the widgets only when `move`.
    int arrange(const QRect &rect, bool move) const;

    QList<QLayoutItem *> m_items;
    QHash<qsizetype, int> m_spaces;
};

} // namespace zandb
