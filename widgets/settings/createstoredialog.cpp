// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/settings/createstoredialog.h"

#include "widgets/common/theme.h"
#include "widgets/settings/connectionpage.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace zandb {

CreateStoreDialog::CreateStoreDialog(const ConnectionForm &form, QWidget *parent)
    : QDialog(parent), m_account(form.user), m_user(new QLineEdit(this)), m_password(new QLineEdit(this)), m_also(new QCheckBox(this)),
      m_accept(new QPushButton(this))
{
    setObjectName(QStringLiteral("createStoreDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Create the store — %1").arg(form.profile));
    setMinimumWidth(60 * unit);
    m_user->setObjectName(QStringLiteral("createUser"));
    m_password->setObjectName(QStringLiteral("createPassword"));
    m_also->setObjectName(QStringLiteral("createAlso"));
    m_accept->setObjectName(QStringLiteral("createAccept"));
    m_password->setEchoMode(QLineEdit::Password);
    m_user->setPlaceholderText(QStringLiteral("root"));
    m_accept->setText(tr("Create the schema “%1”").arg(form.schema));
    auto *title = new QLabel(tr("Create the store on %1:%2").arg(form.host).arg(form.port), this);
    title->setProperty("title", true);
    title->setWordWrap(true);
    auto *text = new QLabel(tr("The schema “%1” is created there, or brought up to date when it exists, together with the roles zandb_viewer, "
                               "zandb_operator, zandb_dispatcher and zandb_admin. That needs an account that may create schemas and accounts. It is "
                               "used once and not kept.").arg(form.schema), this);
    text->setWordWrap(true);
    m_also->setText(tr("Also create the account “%1”, as administrator of the store").arg(form.user));
    m_also->setToolTip(tr("With the password of the form"));
    m_also->setChecked(!form.user.isEmpty() && !form.password.isEmpty());
    m_also->setVisible(m_also->isChecked());
    auto *rows = new QFormLayout;
    rows->setHorizontalSpacing(2 * unit);
    rows->setVerticalSpacing(unit);
    rows->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    rows->addRow(tr("Administrator's account"), m_user);
    rows->addRow(tr("Password"), m_password);
    auto *cancel = new QPushButton(tr("Cancel"), this);
    m_accept->setDefault(true); // one types a password with Return at its end
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(unit);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_accept);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(3 * unit, 3 * unit, 3 * unit, 2 * unit);
    layout->setSpacing(unit);
    layout->addWidget(title);
    layout->addWidget(text);
    layout->addSpacing(unit);
    layout->addLayout(rows);
    layout->addWidget(m_also);
    layout->addSpacing(unit);
    layout->addLayout(buttons);
    connect(m_user, &QLineEdit::textChanged, this, &CreateStoreDialog::check);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_accept, &QPushButton::clicked, this, [this] {
        const Wish wish{m_user->text().trimmed(), m_password->text(), m_also->isChecked()};
        accept();
        Q_EMIT wanted(wish);
    });
    check();
    m_user->setFocus();
    const int width = std::max(minimumWidth(), sizeHint().width());
    resize(width, layout->totalHeightForWidth(width)); // wrapping texts need more than a layout asks for by itself
}

void CreateStoreDialog::check()
{
    const QString user = m_user->text().trimmed();
    m_accept->setEnabled(!user.isEmpty());
    m_accept->setToolTip(user.isEmpty() ? tr("The account is missing.") : QString());
    m_also->setEnabled(user != m_account); // it is there already
}

} // namespace zandb
