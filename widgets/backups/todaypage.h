// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/backups/attentionmodel.h"
#include "models/workflow/board.h"
#include "widgets/common/page.h"

class QLabel;
class QListView;
class QPushButton;
class QStackedWidget;
class QToolButton;

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

    /// `healed`: so many of the bad ones were followed by a good backup of the same instance; `repeated`: by another bad one of
    /// the same task and instance, which the list tells of.
    void setNight(const BoardDay &day, const BoardCounts &counts, int healed = 0, bool cut = false, int repeated = 0);
    /// Whether anybody schedules at all: where nobody does, that is said before anything else.
    void setHealth(const ScheduleHealth &health);
    /// Stands above all else; whoever made it shows and hides it.
    void setOnTop(QWidget *widget);

Q_SIGNALS:
    void acknowledgeRequested(const zandb::Uuid &alertId);
    /// The statement of this line is known, and as it should be.
    void acceptRequested(const zandb::Uuid &digest);
    /// The board day before or after the one that is shown; 0: the newest.
    void dayRequested(int step);

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showForbidden() override;

private:
    void retranslate();
    void showState();
    void showAcknowledge();
    QString verdict(int bad) const;
    QString goodNight(bool older, bool tonight) const;

    AttentionModel *m_model;
    QLabel *m_verdict;
    QLabel *m_when;
    QLabel *m_listTitle;
    QLabel *m_healthLine;
    QLabel *m_healthDetail;
    QToolButton *m_earlier;
    QToolButton *m_later;
    QPushButton *m_acknowledge;
    QPushButton *m_accept;
    BoardStrip *m_strip;
    QListView *m_list;
    QStackedWidget *m_stack;
    EmptyState *m_calm;
    Skeleton *m_skeleton;
    BoardDay m_day;
    BoardCounts m_counts;
    ScheduleHealth m_health;
    int m_healed = 0;
    int m_repeated = 0;
    bool m_low = false; ///< no room for what is not needed at once
    bool m_cut = false; ///< not all of the night has been read
    bool m_known = false;
    bool m_away = false;
};

} // namespace zandb
