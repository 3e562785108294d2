// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/runtext.h"
#include "models/workflow/steptreemodel.h"
#include "widgets/common/page.h"
#include "widgets/common/ui.h"

#include <QTimer>

#include <string>

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;
class QToolButton;
class QTreeView;

namespace zandb {

class Inspector;

/// One run in full: steps, attempts, the live log, and what can be done about it.
class RunPage final : public Page
{
    Q_OBJECT
public:
    RunPage(const Ui &ui, StepTreeModel *steps, QWidget *parent = nullptr);
    QString title() const override;
    QString titleKey() const override;
    QString titleFrom(const QString &key) const override;
    void focusFilter() override;
    bool escape() override;
    void enter(const Location &location) override;
    QString help() const override;

    /// Nothing chosen yet, or no such run.
    void clear(const QString &why);
    void setRun(const RunRow &row, TimePoint now);
    /// The log as far as it is copied: follows its end while the person has not scrolled up.
    void setLog(const wire::OrderKey &key, std::int64_t offset, const std::string &bytes);
    /// The attempt whose log is shown.
    wire::OrderKey attempt() const { return m_attempt; }

Q_SIGNALS:
    void retryRequested(const zandb::Uuid &runId);
    void cancelRequested(const zandb::Uuid &runId);
    void giveUpRequested(const zandb::Uuid &runId);
    /// The person wants to see what it does, to execute it with the own key.
    void takeOverRequested(const zandb::Uuid &runId);
    void attemptChosen(const zandb::wire::OrderKey &key);
    void backRequested();

protected:
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    void showForbidden() override { showState(); }

private:
    enum class Find { Here, Next, Previous };

    void retranslate();
    void showTitle();
    void showState();
    void chooseNewest();
    void fitSteps();
    void find(Find which);

    StepTreeModel *m_steps;
    RunRow m_row;
    TimePoint m_now{};
    bool m_fitting = false; ///< columns of the steps change by our own hand
    bool m_known = false;
    wire::OrderKey m_attempt;
    std::int64_t m_logOffset = -1;
    std::string m_logBytes;
    QTimer m_scrolled;

    QLabel *m_title;
    QLabel *m_progressText;
    QProgressBar *m_progress;
    QPushButton *m_retry;
    QPushButton *m_cancel;
    QPushButton *m_giveUp;
    QPushButton *m_takeOver;
    QLabel *m_stepsTitle;
    QTreeView *m_tree;
    QLabel *m_logTitle;
    QLabel *m_logNote;
    QLineEdit *m_find;
    QToolButton *m_copyLog;
    QToolButton *m_follow;
    QPlainTextEdit *m_log;
    Inspector *m_inspector;
};

} // namespace zandb
