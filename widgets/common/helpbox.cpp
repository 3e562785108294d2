// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/helpbox.h"

#include "widgets/common/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace zandb {

HelpBox::HelpBox(const QString &title, const QString &text, QWidget *parent) : QDialog(parent)
{
    setObjectName(QStringLiteral("helpBox"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("About this page"));
    auto *heading = new QLabel(title, this);
    heading->setProperty("title", true);
    auto *body = new QLabel(text, this);
    body->setObjectName(QStringLiteral("helpText"));
    body->setTextFormat(Qt::RichText);
    body->setWordWrap(true);
    body->setTextInteractionFlags(Qt::TextSelectableByMouse);
    body->setFixedWidth(56 * unit);
    auto *shortcuts = new QPushButton(tr("Keyboard shortcuts…"), this);
    shortcuts->setObjectName(QStringLiteral("helpShortcuts"));
    auto *close = new QPushButton(tr("Close"), this);
    close->setObjectName(QStringLiteral("helpClose"));
    close->setDefault(true);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(shortcuts);
    buttons->addStretch();
    buttons->addWidget(close);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(3 * unit, 2 * unit, 3 * unit, 2 * unit);
    layout->setSpacing(unit);
    layout->setSizeConstraint(QLayout::SetFixedSize);
    layout->addWidget(heading);
    layout->addWidget(body);
    layout->addSpacing(unit);
    layout->addLayout(buttons);
    connect(shortcuts, &QPushButton::clicked, this, &HelpBox::shortcutsRequested);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
}

} // namespace zandb
