// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/config/drift.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace zandb {

/// Why and for how long differences are accepted.  Window-modal; opened without a nested event loop.
class AcceptDialog final : public QDialog
{
    Q_OBJECT
public:
    AcceptDialog(const QString &profile, const QStringList &what, QWidget *parent = nullptr);

Q_SIGNALS:
    void acceptAgreed(const QString &reason, int days);

private:
    QLineEdit *m_reason;
    QSpinBox *m_days;
    QPushButton *m_accept;
};

/// One rule of the standard: where it holds, for which variable, and what it says.  The same.
class StandardDialog final : public QDialog
{
    Q_OBJECT
public:
    struct Question
    {
        QString profile;
        std::vector<std::pair<Uuid, QString>> places;
        Uuid place;
        QString variable;
        std::optional<QString> value = QString(); ///< none: it may differ
        bool isEdit = false;                      ///< place and variable stay
    };
    explicit StandardDialog(const Question &question, QWidget *parent = nullptr);

Q_SIGNALS:
    /// `value` none: the variable may differ there.
    void ruleAgreed(const zandb::Uuid &place, const QString &variable, const std::optional<QString> &value);

private:
    void check();
    QComboBox *m_place;
    QLineEdit *m_name;
    QLineEdit *m_value;
    QCheckBox *m_mayDiffer;
    QPushButton *m_accept;
};

} // namespace zandb
