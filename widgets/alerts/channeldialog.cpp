// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/alerts/channeldialog.h"

#include "models/alerts/alertmodels.h"
#include "models/common/text.h"
#include "models/schedule/schedule.h"
#include "widgets/common/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>
#include <QTimeZone>

#include <algorithm>

namespace zandb {
namespace {

std::vector<std::string> listOf(const QString &text)
{
    std::vector<std::string> list;
    for (const QString &part : text.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        if (const QString word = part.trimmed(); !word.isEmpty())
            list.push_back(word.toStdString());
    }
    return list;
}

QString textOf(const std::vector<std::string> &list)
{
    QStringList parts;
    for (const std::string &one : list)
        parts << qs(one);
    return parts.join(QStringLiteral(", "));
}

/// Which fields mean something for a kind.
bool takes(std::string_view kind, std::string_view field)
{
    static const std::map<std::string_view, std::vector<std::string_view>> fields{
        {"wecom", {"url", "format"}},
        {"dingtalk", {"url", "format"}},
        {"feishu", {"url"}},
        {"sms-aliyun", {"to", "account", "signName", "templateCode", "templateParam"}},
        {"sms-twilio", {"to", "from", "account"}},
        {"mail", {"url", "from", "to", "user"}},
        {"webhook", {"url"}},
        {"program", {"program"}},
    };
    const auto found = fields.find(kind);
    return found != fields.end() && std::ranges::find(found->second, field) != found->second.end();
}

/// A form with buttons below it: what every dialog here looks like.
struct Frame
{
    QFormLayout *form;
    QLabel *missing;
    QPushButton *accept;
};
Frame frameOf(QDialog *dialog, const QString &acceptText, const QString &cancelText)
{
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setMinimumWidth(68 * unit);
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(2 * unit);
    form->setVerticalSpacing(unit);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    auto *missing = new QLabel(dialog);
    missing->setWordWrap(true);
    missing->setProperty("muted", true);
    auto *cancel = new QPushButton(cancelText, dialog);
    auto *accept = new QPushButton(acceptText, dialog);
    accept->setDefault(true);
    QObject::connect(cancel, &QPushButton::clicked, dialog, &QDialog::reject);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(unit);
    buttons->addWidget(missing, 1);
    buttons->addWidget(cancel);
    buttons->addWidget(accept);
    auto *layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(3 * unit, 3 * unit, 3 * unit, 2 * unit);
    layout->setSpacing(2 * unit);
    layout->addLayout(form, 1);
    layout->addLayout(buttons);
    return {form, missing, accept};
}

} // namespace

ChannelDialog::ChannelDialog(const QString &profile, const Channel &channel, bool fresh, QWidget *parent)
    : QDialog(parent), m_channel(channel), m_fresh(fresh), m_name(new QLineEdit(this)), m_kind(new QComboBox(this)), m_enabled(new QCheckBox(tr("Messages are sent to it"), this)),
      m_format(new QComboBox(this)), m_wait(new QSpinBox(this)), m_perMinute(new QSpinBox(this))
{
    setObjectName(QStringLiteral("channelDialog"));
    setWindowTitle((fresh ? tr("Add a channel — %1") : tr("Change a channel — %1")).arg(profile));
    const Frame frame = frameOf(this, fresh ? tr("Add the channel") : tr("Save the changes"), tr("Cancel"));
    m_form = frame.form;
    m_missing = frame.missing;
    m_accept = frame.accept;
    m_name->setObjectName(QStringLiteral("channelName"));
    m_kind->setObjectName(QStringLiteral("channelKind"));
    m_enabled->setObjectName(QStringLiteral("channelEnabled"));
    m_accept->setObjectName(QStringLiteral("channelAccept"));
    m_missing->setObjectName(QStringLiteral("channelMissing"));
    for (const ChannelKind &kind : channelKinds())
        m_kind->addItem(qs(kind.title), qs(kind.name));
    m_kind->setCurrentIndex(std::max(0, m_kind->findData(qs(channel.kind))));
    m_kind->setEnabled(fresh);
    m_name->setText(qs(channel.name));
    m_enabled->setChecked(channel.enabled);
    m_form->addRow(tr("Name"), m_name);
    m_form->addRow(tr("Kind"), m_kind);
    m_form->addRow(QString(), m_enabled);
    const ChannelSettings &settings = channel.settings;
    const std::tuple<const char *, QString, std::string> texts[] = {
        {"url", tr("Address"), settings.url},
        {"to", tr("To"), textOf(settings.to).toStdString()},
        {"from", tr("From"), settings.from},
        {"user", tr("Login"), settings.user},
        {"account", tr("Account"), settings.account},
        {"signName", tr("Signature name"), settings.signName},
        {"templateCode", tr("Template"), settings.templateCode},
        {"templateParam", tr("Template parameters"), settings.templateParam},
        {"program", tr("Program"), settings.program},
    };
    for (const auto &[name, label, value] : texts) {
        auto *field = new QLineEdit(qs(value), this);
        field->setObjectName(QStringLiteral("channel-") + QString::fromLatin1(name));
        m_fields[name] = field;
        m_form->addRow(label, field);
    }
    m_fields["to"]->setPlaceholderText(tr("several with commas between"));
    m_fields["templateParam"]->setPlaceholderText(QStringLiteral("{\"title\":\"${title}\"}"));
    m_fields["program"]->setPlaceholderText(tr("a name under [channels.programs] of the headless instance"));
    m_format->addItem(tr("text"), QStringLiteral("text"));
    m_format->addItem(QStringLiteral("Markdown"), QStringLiteral("markdown"));
    m_format->setCurrentIndex(settings.format == "markdown" ? 1 : 0);
    m_form->addRow(tr("Format"), m_format);
    std::set<std::string> secrets;
    for (const ChannelKind &kind : channelKinds()) {
        for (const auto *list : {&kind.secrets, &kind.optionalSecrets})
            secrets.insert(list->begin(), list->end());
    }
    for (const std::string &name : secrets) {
        auto *field = new QLineEdit(this);
        field->setObjectName(QStringLiteral("channelSecret-") + qs(name));
        field->setEchoMode(QLineEdit::Password);
        if (channel.sealed.contains(name))
            field->setPlaceholderText(tr("is set; leave empty to keep it"));
        m_secrets[name] = field;
        const QString label = name == "key" ? tr("Key") : name == "token" ? tr("Token") : name == "password" ? tr("Password") : tr("Secret");
        m_form->addRow(label, field);
    }
    m_wait->setRange(0, 600);
    m_wait->setSuffix(tr(" s"));
    m_wait->setValue(settings.waitSeconds);
    m_perMinute->setRange(1, 20);
    m_perMinute->setValue(settings.perMinute);
    m_form->addRow(tr("Gathers alerts for"), m_wait);
    m_form->addRow(tr("Messages a minute, at most"), m_perMinute);
    connect(m_kind, &QComboBox::currentIndexChanged, this, [this] {
        if (m_fresh && m_kind->currentData().toString().startsWith(QLatin1String("sms-")))
            m_perMinute->setValue(1);
        showFields();
        check();
    });
    for (QLineEdit *edit : findChildren<QLineEdit *>())
        connect(edit, &QLineEdit::textChanged, this, &ChannelDialog::check);
    connect(m_accept, &QPushButton::clicked, this, [this] {
        const Channel made = asTyped();
        std::map<std::string, std::string> typed;
        for (const auto &[name, field] : m_secrets) {
            if (m_form->isRowVisible(field) && !field->text().isEmpty())
                typed[name] = field->text().toStdString();
            field->clear();
        }
        accept();
        Q_EMIT saveRequested(made, typed);
    });
    showFields();
    check();
    m_name->setFocus();
}

void ChannelDialog::showFields()
{
    const std::string name = m_kind->currentData().toString().toStdString();
    const ChannelKind *kind = channelKind(name);
    for (const auto &[field, edit] : m_fields)
        m_form->setRowVisible(edit, takes(name, field));
    m_form->setRowVisible(m_format, takes(name, "format"));
    for (const auto &[secret, edit] : m_secrets) {
        const bool has = kind && (std::ranges::find(kind->secrets, secret) != kind->secrets.end() || std::ranges::find(kind->optionalSecrets, secret) != kind->optionalSecrets.end());
        m_form->setRowVisible(edit, has);
    }
    m_fields["url"]->setPlaceholderText(name == "mail" ? QStringLiteral("smtp://mail.example.org:587") : kind && !kind->address.empty() ? qs(kind->address) : QStringLiteral("https://"));
    adjustSize();
}

Channel ChannelDialog::asTyped() const
{
    Channel made = m_channel;
    made.name = m_name->text().trimmed().toStdString();
    if (m_fresh)
        made.kind = m_kind->currentData().toString().toStdString();
    made.enabled = m_enabled->isChecked();
    ChannelSettings &s = made.settings;
    const auto text = [&](const char *name, std::string &member) {
        if (takes(made.kind, name))
            member = m_fields.at(name)->text().trimmed().toStdString();
    };
    text("url", s.url);
    text("from", s.from);
    text("user", s.user);
    text("account", s.account);
    text("signName", s.signName);
    text("templateCode", s.templateCode);
    text("templateParam", s.templateParam);
    text("program", s.program);
    if (takes(made.kind, "to"))
        s.to = listOf(m_fields.at("to")->text());
    if (takes(made.kind, "format"))
        s.format = m_format->currentData().toString().toStdString();
    s.waitSeconds = m_wait->value();
    s.maxWaitSeconds = std::max(s.maxWaitSeconds, s.waitSeconds);
    s.perMinute = m_perMinute->value();
    return made;
}

QString ChannelDialog::problem(const Channel &made) const
{
    const ChannelKind *kind = channelKind(made.kind);
    if (made.name.empty())
        return tr("The name is missing.");
    const Json settings = made.settings;
    for (const std::string_view need : kind ? kind->needs : std::vector<std::string_view>()) {
        if (settings.value(std::string(need), Json()).empty() || settings[std::string(need)] == "") {
            const auto *label = qobject_cast<QLabel *>(m_form->labelForField(m_fields.at(std::string(need))));
            return tr("“%1” is missing.").arg(label ? label->text() : qs(need));
        }
    }
    for (const std::string_view secret : kind ? kind->secrets : std::vector<std::string_view>()) {
        const std::string name(secret);
        if (!made.sealed.contains(name) && m_secrets.at(name)->text().isEmpty()) {
            const auto *label = qobject_cast<QLabel *>(m_form->labelForField(m_secrets.at(name)));
            return tr("“%1” is missing.").arg(label ? label->text() : qs(name));
        }
    }
    if (!made.settings.url.empty() && !isAllowedUrl(made.settings.url, made.kind == "mail"))
        return made.kind == "mail" ? tr("The address is smtp://HOST:PORT or smtps://HOST:PORT, without user and password.")
                                   : tr("The address begins with https:// (http:// only to this computer) and holds no user and password.");
    return problemOf(made) ? tr("A field does not fit this kind of channel: look at name, addresses and numbers.") : QString();
}

void ChannelDialog::check()
{
    const QString wrong = problem(asTyped());
    m_missing->setText(wrong);
    m_accept->setEnabled(wrong.isEmpty());
}

AlertRuleDialog::AlertRuleDialog(const QString &profile, const AlertRule &rule, bool fresh, const std::vector<std::pair<Uuid, QString>> &groups,
                                 const std::vector<std::pair<Uuid, QString>> &channels, QWidget *parent)
    : QDialog(parent)
{
    setObjectName(QStringLiteral("ruleDialog"));
    setWindowTitle((fresh ? tr("Add a rule — %1") : tr("Change a rule — %1")).arg(profile));
    const Frame frame = frameOf(this, fresh ? tr("Add the rule") : tr("Save the changes"), tr("Cancel"));
    auto *name = new QLineEdit(qs(rule.name), this);
    auto *least = new QComboBox(this);
    auto *modules = new QLineEdit(textOf(rule.modules), this);
    auto *from = new QLineEdit(qs(rule.quietFrom), this);
    auto *to = new QLineEdit(qs(rule.quietTo), this);
    auto *zone = new QComboBox(this);
    auto *except = new QComboBox(this);
    auto *recovery = new QCheckBox(tr("Tells also when it has ended"), this);
    for (const Severity severity : {Severity::Info, Severity::Warning, Severity::Critical}) {
        least->addItem(tr("%1 and above").arg(severityText(severity)), qs(toString(severity)));
        except->addItem(tr("%1 and above").arg(severityText(severity)), qs(toString(severity)));
    }
    except->addItem(tr("nothing"), QStringLiteral("none"));
    least->setCurrentIndex(std::max(0, least->findData(qs(rule.severity))));
    except->setCurrentIndex(std::max(0, except->findData(qs(rule.quietExcept))));
    modules->setPlaceholderText(tr("all; or e.g. backup, replication, disk"));
    from->setPlaceholderText(QStringLiteral("22:00"));
    to->setPlaceholderText(QStringLiteral("07:00"));
    zone->setEditable(true);
    for (const QByteArray &id : QTimeZone::availableTimeZoneIds())
        zone->addItem(QString::fromLatin1(id));
    zone->setCurrentText(qs(rule.quietZone.empty() ? systemZone() : rule.quietZone));
    recovery->setChecked(rule.recovery);
    name->setEnabled(fresh);
    const auto tickList = [this](const std::vector<std::pair<Uuid, QString>> &all, const std::vector<Uuid> &chosen, const char *objectName) {
        auto *list = new QListWidget(this);
        list->setObjectName(QString::fromLatin1(objectName));
        for (const auto &[id, text] : all) {
            auto *item = new QListWidgetItem(text, list);
            item->setData(Qt::UserRole, QVariant::fromValue(id));
            item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsUserCheckable);
            item->setCheckState(std::ranges::find(chosen, id) != chosen.end() ? Qt::Checked : Qt::Unchecked);
        }
        list->setMaximumHeight(11 * unit);
        return list;
    };
    auto *groupList = tickList(groups, rule.groups, "ruleGroups");
    auto *channelList = tickList(channels, rule.channels, "ruleChannels");
    const std::pair<QWidget *, const char *> names[] = {{name, "ruleName"}, {least, "ruleLeast"}, {modules, "ruleModules"}, {from, "ruleQuietFrom"}, {to, "ruleQuietTo"},
                                                        {zone, "ruleZone"}, {except, "ruleExcept"}, {recovery, "ruleRecovery"}, {frame.accept, "ruleAccept"}};
    for (const auto &[widget, objectName] : names)
        widget->setObjectName(QString::fromLatin1(objectName));
    auto *quiet = new QHBoxLayout;
    quiet->addWidget(from);
    quiet->addWidget(new QLabel(QStringLiteral("\u2013"), this));
    quiet->addWidget(to);
    quiet->addWidget(zone, 1);
    frame.form->addRow(tr("Name"), name);
    frame.form->addRow(tr("Level"), least);
    frame.form->addRow(tr("Modules"), modules);
    frame.form->addRow(tr("Groups (none: all)"), groupList);
    frame.form->addRow(tr("Channels (none: all)"), channelList);
    frame.form->addRow(tr("Quiet from"), quiet);
    frame.form->addRow(tr("Told all the same"), except);
    frame.form->addRow(QString(), recovery);
    const auto made = [=] {
        AlertRule all = rule;
        all.name = name->text().trimmed().toStdString();
        all.severity = least->currentData().toString().toStdString();
        all.modules = listOf(modules->text());
        const auto checked = [](const QListWidget *list) {
            std::vector<Uuid> ids;
            for (int row = 0; row < list->count(); ++row) {
                if (list->item(row)->checkState() == Qt::Checked)
                    ids.push_back(list->item(row)->data(Qt::UserRole).value<Uuid>());
            }
            return ids;
        };
        all.groups = checked(groupList);
        all.channels = checked(channelList);
        all.quietFrom = from->text().trimmed().toStdString();
        all.quietTo = to->text().trimmed().toStdString();
        all.quietZone = all.quietFrom.empty() ? std::string() : zone->currentText().trimmed().toStdString();
        all.quietExcept = except->currentData().toString().toStdString();
        all.recovery = recovery->isChecked();
        return all;
    };
    const auto check = [=] {
        const AlertRule all = made();
        QString wrong;
        if (all.name.empty())
            wrong = tr("The name is missing.");
        else if (all.quietFrom.empty() != all.quietTo.empty() || (!all.quietFrom.empty() && !Window::make(all.quietFrom, all.quietTo, all.quietZone)))
            wrong = tr("Quiet hours are two times like 22:00 and 07:00, and a time zone.");
        else if (problemOf(all))
            wrong = tr("Names have letters, digits, dots, underscores and hyphens; modules are first words of kinds of alerts.");
        frame.missing->setText(wrong);
        frame.accept->setEnabled(wrong.isEmpty());
    };
    for (QLineEdit *edit : findChildren<QLineEdit *>())
        connect(edit, &QLineEdit::textChanged, this, check);
    connect(zone, &QComboBox::currentTextChanged, this, check);
    connect(frame.accept, &QPushButton::clicked, this, [this, made] {
        const AlertRule all = made();
        accept();
        Q_EMIT saveRequested(all);
    });
    check();
    name->setFocus();
}

} // namespace zandb
