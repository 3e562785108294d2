// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace zandb {

struct ConnectionForm;

/// Asks once for the account that makes the store's schema.  Window-modal; opened without a nested event loop.
class CreateStoreDialog final : public QDialog
{
    Q_OBJECT
public:
    struct Wish
    {
        QString administrator;
        QString password;
        bool alsoAccount = false; ///< the form's own account is made too, with the form's password
    };
    explicit CreateStoreDialog(const ConnectionForm &form, QWidget *parent = nullptr);

Q_SIGNALS:
    void wanted(const zandb::CreateStoreDialog::Wish &wish);

private:
    void check();

    QString m_account;
    QLineEdit *m_user;
    QLineEdit *m_password;
    QCheckBox *m_also;
    QPushButton *m_accept;
};

} // namespace zandb
