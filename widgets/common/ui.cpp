// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/ui.h"

#include "widgets/common/theme.h"

#include <QCheckBox>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QVBoxLayout>

namespace zandb {

void RealDialogs::confirm(QWidget *parent, const Question &question, std::function<void()> yes)
{
    if (question.typeToConfirm.isEmpty()) {
        auto *box = new QMessageBox(QMessageBox::Question, question.title, question.text, QMessageBox::Cancel, parent);
        QPushButton *accept = box->addButton(question.accept, QMessageBox::AcceptRole);
        box->setDefaultButton(QMessageBox::Cancel);
        box->setAttribute(Qt::WA_DeleteOnClose);
        if (!question.tick.isEmpty())
            box->setCheckBox(new QCheckBox(question.tick, box));
        QObject::connect(accept, &QPushButton::clicked, box, [box, ticked = question.ticked, yes = std::move(yes)] {
            if (box->checkBox() && box->checkBox()->isChecked() && ticked)
                ticked();
            yes();
        });
        box->open();
        return;
    }
    auto *dialog = new QDialog(parent);
    dialog->setWindowTitle(question.title);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setMinimumWidth(52 * unit);
    auto *layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(2 * unit, 2 * unit, 2 * unit, 2 * unit);
    layout->setSpacing(unit);
    auto *text = new QLabel(question.text, dialog);
    text->setWordWrap(true);
    layout->addWidget(text);
    layout->addWidget(new QLabel(QObject::tr("Type %1 to confirm:").arg(question.typeToConfirm), dialog));
    auto *edit = new QLineEdit(dialog);
    edit->setObjectName(QStringLiteral("confirmName"));
    layout->addWidget(edit);
    auto *buttons = new QHBoxLayout;
    auto *cancel = new QPushButton(QObject::tr("Cancel"), dialog);
    auto *accept = new QPushButton(question.accept, dialog);
    accept->setObjectName(QStringLiteral("confirmAccept"));
    accept->setEnabled(false);
    cancel->setDefault(true);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(accept);
    layout->addLayout(buttons);
    QObject::connect(edit, &QLineEdit::textChanged, accept,
                     [accept, name = question.typeToConfirm](const QString &typed) { accept->setEnabled(typed == name); });
    QObject::connect(cancel, &QPushButton::clicked, dialog, &QDialog::reject);
    QObject::connect(accept, &QPushButton::clicked, dialog, [dialog, yes = std::move(yes)] {
        dialog->accept();
        yes();
    });
    dialog->open();
}

void RealDialogs::saveFile(QWidget *parent, const QString &title, const QString &name, const QString &filter,
                           std::function<void(const QString &)> chosen)
{
    auto *dialog = new QFileDialog(parent, title, {}, filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(name);
    QObject::connect(dialog, &QFileDialog::fileSelected, dialog, [chosen = std::move(chosen)](const QString &path) { chosen(path); });
    dialog->open();
}

void RealDialogs::message(QWidget *parent, const QString &title, const QString &text)
{
    auto *box = new QMessageBox(QMessageBox::Information, title, text, QMessageBox::Ok, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

} // namespace zandb
