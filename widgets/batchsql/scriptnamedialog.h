// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QLineEdit;

namespace zandb {

/// Asks under what name a script is saved for everybody.
class ScriptNameDialog final : public QDialog
{
    Q_OBJECT
public:
    ScriptNameDialog(const QString &name, const QString &profile, QWidget *parent = nullptr);

Q_SIGNALS:
    void nameChosen(const QString &name);

private:
    QLineEdit *m_name;
};

} // namespace zandb
