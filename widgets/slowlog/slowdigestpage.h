// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/slowlog/slowdetailmodels.h"
#include "models/slowlog/slowdigestmodel.h"
#include "widgets/common/page.h"
#include "widgets/common/ui.h"

#include <memory>

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace zandb {

class ChartGroup;
class TablePane;
class TimeChart;

/// One digest in full: its text, its history, who sends it, and examples.
class SlowDigestPage final : public Page
{
    Q_OBJECT
public:
    SlowDigestPage(const Ui &ui, SlowCallerModel *callers, SlowExampleModel *examples, QWidget *parent = nullptr);
    QString title() const override;
    void setAway(bool away) override;
    QString help() const override;

    void setDigest(const SlowDigestDetail &detail);
    /// Nothing is known of it; `why` stands in its place.
    void clear(const QString &why);
    void setRange(TimePoint from, TimePoint until);
    void setPlace(const QString &place) { m_place = place; }

Q_SIGNALS:
    void rangeRequested(const zandb::TimeRange &range);
    void rangeBackRequested();
    void acceptRequested(const std::vector<zandb::Uuid> &digests, bool accepted);

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showForbidden() override { showHead(); }

private:
    void retranslate();
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
    ChartGroup *m_group;
    TimeChart *m_calls;
    TimeChart *m_times;
    TimeChart *m_rows;
    QLabel *m_callersTitle;
    QLabel *m_examplesTitle;
    TablePane *m_callers;
    TablePane *m_examples;
    QWidget *m_pictures = nullptr; ///< folds away on a low screen, where the list is worth more
};

} // namespace zandb
