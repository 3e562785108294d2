// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/batchsql/sqlwish.h"
#include "models/fleet/fleet.h"

#include <QColor>
#include <QDialog>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QSpinBox;

namespace zandb {

/// How scripts go over instances: who is first, waves, pauses, what stops them, limits of statements and results.
class SqlRulesDialog final : public QDialog
{
    Q_OBJECT
public:
    /// `targets` of the editor in front: one of them may be the first.
    SqlRulesDialog(const SqlRules &rules, const Fleet &fleet, const std::vector<Uuid> &targets, const QString &profile, const QColor &colour, QWidget *parent = nullptr);
    SqlRules rules() const;

Q_SIGNALS:
    void rulesChosen(const zandb::SqlRules &rules);

private:
    void showEnabled();

    QComboBox *m_first;
    QSpinBox *m_wave;
    QSpinBox *m_pause;
    QSpinBox *m_percent;
    QCheckBox *m_lagLimited;
    QSpinBox *m_lag;
    QCheckBox *m_runningLimited;
    QSpinBox *m_running;
    QSpinBox *m_timeout;
    QSpinBox *m_lockWait;
    QSpinBox *m_rows;
    QCheckBox *m_saves;
    QLineEdit *m_saveTo;
    std::vector<std::pair<QCheckBox *, std::string>> m_accepted;
};

} // namespace zandb
