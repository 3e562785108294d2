// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/chartparts.h"

#include "widgets/common/icons.h"

#include <QAction>
#include <QClipboard>
#include <QCoreApplication>
#include <QGuiApplication>
#include <QMenu>
#include <QPainter>
#include <QToolButton>

namespace zandb {
namespace {

struct ChartParts
{
    Q_DECLARE_TR_FUNCTIONS(ChartParts)
};

/// With its title and legend, on a ground of its own: it will stand in a mail.
void copyPicture(QWidget *chart, QWidget *button)
{
    QPixmap picture(chart->size() * chart->devicePixelRatioF());
    picture.setDevicePixelRatio(chart->devicePixelRatioF());
    picture.fill(chart->palette().color(QPalette::Base));
    QSizePolicy policy = button->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    button->setSizePolicy(policy);
    button->hide();
    chart->render(&picture, {}, {}, QWidget::DrawChildren);
    button->show();
    QGuiApplication::clipboard()->setPixmap(picture);
}

} // namespace

QIcon chartSwatch(const QColor &colour, bool stroke)
{
    QPixmap picture(60, 40); // with room before the words
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(colour);
    painter.setPen(Qt::NoPen);
    if (stroke) {
        painter.drawRect(0, 17, 40, 6);
        painter.drawEllipse(QPoint(20, 20), 11, 11);
    } else {
        painter.drawRoundedRect(3, 3, 34, 34, 6, 6);
    }
    return QIcon(picture);
}

QToolButton *makeLegendEntry(const QString &name, QWidget *parent)
{
    auto *entry = new QToolButton(parent);
    entry->setObjectName(QStringLiteral("legend-") + name);
    entry->setProperty("legend", true);
    entry->setCheckable(true);
    entry->setChecked(true);
    entry->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    entry->setIconSize({15, 10});
    return entry;
}

QToolButton *makeCopyButton(QWidget *chart, std::function<QString()> data)
{
    auto *button = new QToolButton(chart);
    button->setObjectName(QStringLiteral("chartCopy"));
    button->setIcon(themedIcon("copy"));
    button->setPopupMode(QToolButton::InstantPopup);
    auto *menu = new QMenu(button);
    QObject::connect(menu->addAction(QString()), &QAction::triggered, chart, [chart, button] { copyPicture(chart, button); });
    QObject::connect(menu->addAction(QString()), &QAction::triggered, chart, [data = std::move(data)] { QGuiApplication::clipboard()->setText(data()); });
    button->setMenu(menu);
    retranslateCopyButton(button);
    return button;
}

void retranslateCopyButton(QToolButton *button)
{
    button->setToolTip(ChartParts::tr("Copy this chart"));
    button->menu()->actions()[0]->setText(ChartParts::tr("Copy as picture"));
    button->menu()->actions()[1]->setText(ChartParts::tr("Copy as data"));
}

} // namespace zandb
