// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/batchsql/scriptnamedialog.h"

#include "widgets/common/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace zandb {

ScriptNameDialog::ScriptNameDialog(const QString &name, const QString &profile, QWidget *parent) : QDialog(parent), m_name(new QLineEdit(name, this))
{
    setObjectName(QStringLiteral("scriptNameDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Save the script — %1").arg(profile));
    m_name->setObjectName(QStringLiteral("scriptName"));
    m_name->setMaxLength(100);
    m_name->setMinimumWidth(44 * unit);
    m_name->selectAll();
    auto *words = new QLabel(tr("Everybody who uses this store sees it under this name:"), this);
    words->setBuddy(m_name);
    auto *save = new QPushButton(tr("Save"), this);
    save->setObjectName(QStringLiteral("scriptNameAccept"));
    save->setDefault(true);
    auto *cancel = new QPushButton(tr("Cancel"), this);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(save);
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(unit);
    layout->addWidget(words);
    layout->addWidget(m_name);
    layout->addLayout(buttons);
    const auto permitSave = [this, save] { save->setEnabled(!m_name->text().trimmed().isEmpty()); };
    connect(m_name, &QLineEdit::textChanged, save, permitSave);
    permitSave();
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(save, &QPushButton::clicked, this, [this] {
        Q_EMIT nameChosen(m_name->text().trimmed());
        accept();
    });
}

} // namespace zandb
