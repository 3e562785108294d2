// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/config/driftmodels.h"
#include "widgets/common/page.h"
#include "widgets/common/ui.h"

class QCheckBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTabBar;

namespace zandb {

class Inspector;
class TablePane;

struct StandardsFacts
{
    int instances = 0; ///< of the scope
    int read = 0;      ///< whose configuration was read
    int open = 0;
    int accepted = 0;
    int repairable = 0; ///< of the open ones
    std::optional<TimePoint> oldest; ///< when that was, of the one that was read longest ago
};

/// What of the scope's instances differs from their files, the standard and their peers; and the standard itself.
class StandardsPage final : public Page
{
    Q_OBJECT
public:
    StandardsPage(const Ui &ui, DriftModel *findings, StandardModel *standard, QWidget *parent = nullptr);
    QString title() const override;
    QString word() const override;
    QString help() const override;
    void setLoading(bool loading) override;
    void setFacts(const StandardsFacts &facts);
    /// A check goes on, `done` of `all` instances were read; all 0: none.  `troubles`: what could not be read.
    void setChecking(int done, int all, const QStringList &troubles);
    void focusFilter() override;
    bool escape() override;

Q_SIGNALS:
    void checkRequested();
    /// What is accepted is listed too.
    void acceptedShown(bool on);
    /// Rows of the model; none: all that are open.
    void repairRequested(const std::vector<zandb::Uuid> &rows);
    void acceptRequested(const std::vector<zandb::Uuid> &rows);
    /// A rule of the standard for this finding, or a new one without a row.
    void standardRequested(const std::vector<zandb::Uuid> &findings);
    void standardEditRequested(const zandb::Uuid &rule);
    void standardRemoveRequested(const std::vector<zandb::Uuid> &rules);

protected:
    void changeEvent(QEvent *event) override;
    void showForbidden() override;

private:
    void retranslate();
    void showFacts();
    void showFinding();
    void showRule();

    DriftModel *m_findings;
    StandardModel *m_standard;
    QTabBar *m_tabs;
    QStackedWidget *m_views;
    QLabel *m_facts;
    QLabel *m_troubles;
    QPushButton *m_check;
    QPushButton *m_repairAll;
    QPushButton *m_add;
    QCheckBox *m_all;
    TablePane *m_pane;
    TablePane *m_standardPane;
    Inspector *m_inspector;
    Inspector *m_standardInspector;
    QPushButton *m_repair;
    QPushButton *m_accept;
    QPushButton *m_make;
    QPushButton *m_edit;
    QPushButton *m_remove;
    StandardsFacts m_known;
    int m_done = 0;
    int m_checking = 0;
};

} // namespace zandb
