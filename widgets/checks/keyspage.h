// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/checks/keymodels.h"
#include "widgets/common/page.h"
#include "widgets/common/ui.h"

class QLabel;

namespace zandb {

class Inspector;
class TablePane;

/// How full the integer keys of the scope are, and what else a DBA would mend in its tables.
class KeysPage final : public Page
{
    Q_OBJECT
public:
    KeysPage(const Ui &ui, KeyTableModel *keys, FindingTableModel *findings, QWidget *parent = nullptr);
    QString title() const override;
    void setLoading(bool loading) override;
    void focusFilter() override;
    bool escape() override;
    QString help() const override;
    /// Instances of the scope that were never checked, and how many tables could not be in the last passes.
    void setGaps(const QStringList &never, std::int64_t uncheckedTables);

protected:
    void changeEvent(QEvent *event) override;

private:
    void retranslate();
    void showInspector();

    KeyTableModel *m_keys;
    FindingTableModel *m_findings;
    TablePane *m_keyPane;
    TablePane *m_findingPane;
    QLabel *m_keysTitle;
    QLabel *m_findingsTitle;
    QLabel *m_gaps;
    Inspector *m_inspector;
    QStringList m_never;
    std::int64_t m_unchecked = 0;
    bool m_loading = false;
};

} // namespace zandb
