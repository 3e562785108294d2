// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/backups/attentionmodel.h"
#include "models/workflow/board.h"
#include "widgets/common/page.h"

class QLabel;
class QListView;
class QStackedWidget;

namespace zandb {

class BoardStrip;
class EmptyState;
class Skeleton;

/// The page one opens in the morning: was last night good, and what needs a person.
class TodayPage final : public Page
{
    Q_OBJECT
public:
    explicit TodayPage(AttentionModel *attention, QWidget *parent = nullptr);
    QString title() const override;
    QString help() const override;
    void setLoading(bool loading) override;

    void setAway(bool away) override;

    /// `healed`: so many of the bad ones were followed by a good backup of the same instance.
    void setNight(const BoardDay &day, const BoardCounts &counts, int healed = 0);

protected:
    void changeEvent(QEvent *event) override;
    bool hasActs() const override { return false; }

private:
    void retranslate();
    void showState();

    AttentionModel *m_model;
    QLabel *m_verdict;
    QLabel *m_when;
    QLabel *m_listTitle;
    BoardStrip *m_strip;
    QListView *m_list;
    QStackedWidget *m_stack;
    EmptyState *m_calm;
    Skeleton *m_skeleton;
    BoardDay m_day;
    BoardCounts m_counts;
    int m_healed = 0;
    bool m_known = false;
};

} // namespace zandb
