// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/killer/killed.h"
#include "models/slowlog/slowdetailmodels.h"
#include "models/slowlog/slowdigestmodel.h"
#include "widgets/common/page.h"
#include "widgets/common/ui.h"
#include "widgets/slowlog/planview.h"

#include <memory>

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QTabWidget;

namespace zandb {

class ChartGroup;
class TablePane;
class TimeChart;

/// One digest in full: its text, its history, who sends it, examples, and on demand the plan and an example as it was written.
class SlowDigestPage final : public Page
{
    Q_OBJECT
public:
    SlowDigestPage(const Ui &ui, SlowCallerModel *callers, SlowExampleModel *examples, const PlanModels &plan, QWidget *parent = nullptr);
    QString title() const override;
    void setAway(bool away) override;
    QString help() const override;

    void setDigest(const SlowDigestDetail &detail);
    /// Nothing is known of it; `why` stands in its place.
    void clear(const QString &why);
    /// What was killed of it in the range; none: nothing.
    void setKilled(const std::optional<KilledDigest> &killed);
    PlanView *plan() const { return m_plan; }
    /// An example as it stands in the log; empty: nobody has asked.  `note` is said beside it.
    void setRaw(const QString &text, const QString &note = {});
    void setRange(TimePoint from, TimePoint until);
    void setPlace(const QString &place) { m_place = place; }

Q_SIGNALS:
    void rangeRequested(const zandb::TimeRange &range);
    void rangeBackRequested();
    /// The example of this row of the digest's list, as it stands in the log; -1: the newest.
    void rawRequested(int example);
    void acceptRequested(const std::vector<zandb::Uuid> &digests, bool accepted);

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showForbidden() override;

private:
    void retranslate();
    QWidget *makeRaw();
    QString killedText() const;
    void showHead();
    void showCharts();

    std::unique_ptr<SlowDigestDetail> m_detail; ///< null: nothing is shown
    QString m_place;
    QString m_why;
    QLabel *m_name;
    QLabel *m_facts;
    QPlainTextEdit *m_text;
    QPushButton *m_copy;
    QPushButton *m_accept;
    QPushButton *m_raw;
    ChartGroup *m_group;
    TimeChart *m_calls;
    TimeChart *m_times;
    TimeChart *m_rows;
    QLabel *m_callersTitle;
    QLabel *m_examplesTitle;
    TablePane *m_callers;
    TablePane *m_examples;
    QTabWidget *m_parts;
    PlanView *m_plan;
    QPlainTextEdit *m_rawText;
    QLabel *m_rawNote;
    QPushButton *m_rawCopy;
    SlowExampleModel *m_exampleModel;
    std::optional<KilledDigest> m_killed;
    QWidget *m_pictures = nullptr; ///< folds away on a low screen, where the list is worth more
};

} // namespace zandb
