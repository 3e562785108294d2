// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/ui.h"

#include "widgets/common/theme.h"

#include <QApplication>
#include <QCheckBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSystemTrayIcon>
#include <QTimer>
#include <QVBoxLayout>

namespace zandb {
namespace {

/// A small window-modal dialog: a text, whatever is put into its body, and two buttons.
struct Sheet
{
    QDialog *dialog;
    QVBoxLayout *body;
    QPushButton *cancel;
    QPushButton *accept;
};

Sheet makeSheet(QWidget *parent, const QString &title, const QString &text, const QString &accept)
{
    auto *dialog = new QDialog(parent);
    dialog->setWindowTitle(title);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setMinimumWidth(56 * unit);
    auto *layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(3 * unit, 3 * unit, 3 * unit, 2 * unit);
    layout->setSpacing(2 * unit);
    auto *heading = new QLabel(title, dialog);
    heading->setProperty("title", true);
    heading->setWordWrap(true);
    layout->addWidget(heading);
    auto *label = new QLabel(text, dialog);
    label->setTextFormat(Qt::PlainText); // names and arguments from the store stand in it
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(label);
    auto *body = new QVBoxLayout;
    body->setSpacing(unit);
    layout->addLayout(body);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(unit);
    auto *no = new QPushButton(QObject::tr("Cancel"), dialog);
    auto *yes = new QPushButton(accept, dialog);
    buttons->addStretch();
    buttons->addWidget(no);
    buttons->addWidget(yes);
    layout->addLayout(buttons);
    QObject::connect(no, &QPushButton::clicked, dialog, &QDialog::reject);
    return {dialog, body, no, yes};
}

} // namespace

void RealDialogs::confirm(QWidget *parent, const Question &question, std::function<void()> yes)
{
    const Sheet sheet = makeSheet(parent, question.title, question.text, question.accept);
    sheet.accept->setObjectName(QStringLiteral("confirmAccept"));
    sheet.cancel->setObjectName(QStringLiteral("confirmDismiss"));
    sheet.cancel->setDefault(true);
    if (!question.dismiss.isEmpty())
        sheet.cancel->setText(question.dismiss);
    QCheckBox *tick = nullptr;
    if (!question.tick.isEmpty()) {
        tick = new QCheckBox(question.tick, sheet.dialog);
        sheet.body->addWidget(tick);
    }
    if (!question.typeToConfirm.isEmpty()) {
        sheet.body->addWidget(new QLabel(QObject::tr("Type “%1” to confirm:").arg(question.typeToConfirm), sheet.dialog));
        auto *edit = new QLineEdit(sheet.dialog);
        edit->setObjectName(QStringLiteral("confirmName"));
        sheet.body->addWidget(edit);
        sheet.accept->setEnabled(false);
        QObject::connect(edit, &QLineEdit::textChanged, sheet.accept,
                         [accept = sheet.accept, name = question.typeToConfirm](const QString &typed) { accept->setEnabled(typed == name); });
        edit->setFocus();
    } else {
        sheet.cancel->setFocus();
    }
    QObject::connect(sheet.accept, &QPushButton::clicked, sheet.dialog, [dialog = sheet.dialog, tick, ticked = question.ticked, yes = std::move(yes)] {
        if (tick && tick->isChecked() && ticked)
            ticked();
        dialog->accept();
        yes();
    });
    sheet.dialog->open();
}

void RealDialogs::askSecret(QWidget *parent, const SecretQuestion &question, std::function<void(const QString &, bool)> given)
{
    const Sheet sheet = makeSheet(parent, question.title, question.text, question.accept);
    auto *edit = new QLineEdit(sheet.dialog);
    edit->setObjectName(QStringLiteral("secret"));
    edit->setEchoMode(QLineEdit::Password);
    auto *keep = new QCheckBox(question.keep, sheet.dialog);
    keep->setObjectName(QStringLiteral("secretKeep"));
    sheet.body->addWidget(edit);
    sheet.body->addWidget(keep);
    sheet.accept->setObjectName(QStringLiteral("secretAccept"));
    sheet.accept->setDefault(true); // nothing is destroyed by it, and one types a passphrase with Return at its end
    QObject::connect(sheet.accept, &QPushButton::clicked, sheet.dialog, [dialog = sheet.dialog, edit, keep, given = std::move(given)] {
        const QString secret = edit->text();
        const bool wanted = keep->isChecked();
        dialog->accept();
        given(secret, wanted);
    });
    edit->setFocus();
    sheet.dialog->open();
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

void RealDialogs::openFile(QWidget *parent, const QString &title, const QString &start, std::function<void(const QString &)> chosen)
{
    const QFileInfo at(start);
    auto *dialog = new QFileDialog(parent, title, at.isDir() ? start : at.absolutePath());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setFilter(dialog->filter() | QDir::Hidden); // keys lie in ~/.ssh
    if (at.isFile())
        dialog->selectFile(start);
    QObject::connect(dialog, &QFileDialog::fileSelected, dialog, [chosen = std::move(chosen)](const QString &path) { chosen(path); });
    dialog->open();
}

void RealDialogs::message(QWidget *parent, const QString &title, const QString &text)
{
    const Sheet sheet = makeSheet(parent, title, text, QObject::tr("Close"));
    sheet.cancel->hide();
    sheet.accept->setDefault(true);
    QObject::connect(sheet.accept, &QPushButton::clicked, sheet.dialog, &QDialog::accept);
    sheet.dialog->open();
}

RealDialogs::RealDialogs() : m_tray(nullptr, [](QSystemTrayIcon *icon) { delete icon; }) {}
RealDialogs::~RealDialogs() = default;

void RealDialogs::notify(QWidget *window, const QString &title, const QString &text)
{
    QApplication::alert(window); // all that a desktop without notifications can do
    if (!QSystemTrayIcon::isSystemTrayAvailable() || !QSystemTrayIcon::supportsMessages())
        return;
    constexpr int shownMs = 10'000;
    // one icon for all messages: a new message takes the place of the one before
    m_tray.reset(new QSystemTrayIcon(window->windowIcon()));
    QObject::connect(m_tray.get(), &QSystemTrayIcon::messageClicked, window, [window] {
        window->showNormal();
        window->raise();
        window->activateWindow();
    });
    QTimer::singleShot(2 * shownMs, m_tray.get(), &QSystemTrayIcon::hide);
    m_tray->show();
    m_tray->showMessage(title, text, QSystemTrayIcon::Warning, shownMs);
}

} // namespace zandb
