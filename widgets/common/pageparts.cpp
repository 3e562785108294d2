// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/pageparts.h"

#include "widgets/common/icons.h"
#include "widgets/common/inspector.h"
#include "widgets/common/theme.h"

#include <QAbstractButton>
#include <QFrame>
#include <QLabel>
#include <QSettings>
#include <QSplitter>
#include <QVBoxLayout>

namespace zandb {
namespace {

QFrame *emptyCard(QWidget *parent, int top)
{
    auto *frame = new QFrame(parent);
    frame->setObjectName(QStringLiteral("card"));
    auto *box = new QVBoxLayout(frame);
    box->setContentsMargins(1, top, 1, 1);
    box->setSpacing(unit / 2);
    return frame;
}

} // namespace

QFrame *makeCard(QWidget *content, QWidget *parent)
{
    QFrame *card = emptyCard(parent, 1);
    card->layout()->addWidget(content);
    return card;
}

QFrame *makeCard(QLabel *title, QWidget *content, QWidget *parent, std::initializer_list<QWidget *> more)
{
    QFrame *card = emptyCard(parent, unit);
    auto *line = new QHBoxLayout;
    line->setContentsMargins(2 * unit, 0, unit, 0);
    line->setSpacing(unit);
    title->setProperty("section", true);
    line->addWidget(title);
    line->addStretch();
    for (QWidget *widget : more)
        line->addWidget(widget);
    auto *box = static_cast<QVBoxLayout *>(card->layout());
    box->addLayout(line);
    box->addWidget(content, 1);
    return card;
}

QSplitter *besideInspector(QWidget *list, Inspector *inspector, QWidget *parent)
{
    auto *split = new QSplitter(Qt::Horizontal, parent);
    split->addWidget(list);
    split->addWidget(makeCard(inspector, parent));
    split->setStretchFactor(0, 1);
    split->setSizes({100 * unit, 32 * unit});
    split->setHandleWidth(unit);
    split->setChildrenCollapsible(false); // what a careless drag has hidden is hard to find again
    return split;
}

void keepSizes(QSplitter *split, QSettings &settings, const QString &name)
{
    const QString key = QStringLiteral("splitters/") + name;
    QObject::connect(split, &QSplitter::splitterMoved, split, [split, &settings, key] { settings.setValue(key, split->saveState()); });
    split->restoreState(settings.value(key).toByteArray());
}

QVBoxLayout *makePageLayout(QWidget *page)
{
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(2 * unit, unit, 2 * unit, 2 * unit);
    layout->setSpacing(unit);
    return layout;
}

void setIconBeside(QAbstractButton *button, const QString &icon)
{
    button->setIcon(themedIcon(icon));
    button->setIconSize({16 + unit / 2, 16}); // icons keep to the left of what they get
}

QString buttonName(const QString &name, const QWidget *button)
{
    return button->fontMetrics().elidedText(name, Qt::ElideMiddle, 18 * unit);
}

void permit(QAbstractButton *button, const QString &whyNot)
{
    button->setEnabled(whyNot.isEmpty());
    button->setToolTip(whyNot);
}

} // namespace zandb
