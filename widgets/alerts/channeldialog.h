// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/alerts/channel.h"

#include <QDialog>

#include <map>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace zandb {

/// Adds or changes a channel.  Its secrets can be set and are never shown.  Window-modal; opened without a nested event loop.
class ChannelDialog final : public QDialog
{
    Q_OBJECT
public:
    /// `fresh`: a new one, whose kind is chosen here.
    ChannelDialog(const QString &profile, const Channel &channel, bool fresh, QWidget *parent = nullptr);

Q_SIGNALS:
    /// `secrets`: those that were typed.
    void saveRequested(const zandb::Channel &channel, const std::map<std::string, std::string> &secrets);

private:
    void showFields();
    void check();
    Channel asTyped() const;
    QString problem(const Channel &made) const;

    Channel m_channel;
    bool m_fresh;
    QFormLayout *m_form;
    QLineEdit *m_name;
    QComboBox *m_kind;
    QCheckBox *m_enabled;
    std::map<std::string, QLineEdit *> m_fields;  ///< members of ChannelSettings that are text
    std::map<std::string, QLineEdit *> m_secrets;
    QComboBox *m_format;
    QSpinBox *m_wait;
    QSpinBox *m_perMinute;
    QLabel *m_missing;
    QPushButton *m_accept;
};

/// Adds or changes a rule.
class AlertRuleDialog final : public QDialog
{
    Q_OBJECT
public:
    /// `groups` and `channels`: what may be chosen, with their names.
    AlertRuleDialog(const QString &profile, const AlertRule &rule, bool fresh, const std::vector<std::pair<Uuid, QString>> &groups,
                    const std::vector<std::pair<Uuid, QString>> &channels, QWidget *parent = nullptr);

Q_SIGNALS:
    void saveRequested(const zandb::AlertRule &rule);
};

} // namespace zandb
