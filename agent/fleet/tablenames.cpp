// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/tablenames.h"

#include <cctype>
#include <charconv>

namespace zandb::agent {

namespace {

// The servers' own table of letters, by the first character of their code; the second is the place in the row.
struct Row
{
    int first; ///< minus '0'
    const char16_t *letters;
};
constexpr Row rows[] = {
    {0, u"                       ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓ            àáâãäåæçèéêëìíîïðñòó"},
    {1, u"                       ÔÕÖ ØÙÚÛÜÝÞŸĀĂĄĆĈĊČĎ            ôõößøùúûüýþÿāăąćĉċčď"},
    {2, u"                       ĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮ ĲĴĶ            đēĕėęěĝğġģĥħĩīĭįıĳĵķ"},
    {3, u"                        ĹĻĽĿŁŃŅŇ ŊŌŎŐŒŔŖŘŚŜ            ĸĺļľŀłńņňŉŋōŏőœŕŗřśŝ"},
    {4, u"                       ŞŠŢŤŦŨŪŬŮŰŲŴŶŹŻŽ                şšţťŧũūŭůűųŵŷźżžſ"},
    {5, u"                                                                         ΐ"},
    {6, u"                       ΆΈΉΊ Α ΓΔΕΖΗ Ι ΛΜΝΞΟ            άέήίΰαβγδεζηθικλμνξο"},
    {7, u"                        Ρ  ΤΥ ΧΨΩΪΫΌΎΏ ΒΘϒϓ            πρςστυφχψωϊϋόύώ ϐϑ"},
    {8, u"                       ϔΦΠ  ϚϜϞϠϢϤϦϨϪϬϮΚ Σ              ϕϖϗϙϛϝϟϡϣϥϧϩϫϭϯϰϱϲϳ"},
    {9, u"                            ϽϾϿ                        ϵ\u03f6ϸϻϼ"},
    {16, u"                 \u24b6\u24b7\u24b8\u24b9\u24ba\u24bb\u24bc\u24bd\u24be\u24bf\u24c0\u24c1\u24c2\u24c3\u24c4\u24c5\u24c6\u24c7\u24c8\u24c9\u24ca\u24cb\u24cc\u24cd\u24ce\u24cf      \u24d0\u24d1\u24d2\u24d3\u24d4\u24d5\u24d6\u24d7\u24d8\u24d9\u24da\u24db\u24dc\u24dd\u24de\u24df\u24e0\u24e1\u24e2\u24e3\u24e4\u24e5\u24e6\u24e7\u24e8\u24e9"},
    {17, u"                Ａ"},
    {18, u"                Ｂ"},
    {19, u"                Ｃ"},
    {20, u"                Ｄ"},
    {21, u"                Ｅ"},
    {22, u"                Ｆ"},
    {23, u"АФЈѸҦӍӴ Մ\u2160      Ｇ                                 ƳǞȈȰ      ḀḨṐṸṠẾỦἈἪ Ὤᾈᾬ"},
    {24, u"БХЉѺҨ ӶԱՅ\u2161      Ｈ                                ƂƵǠȊȲ  Ɲ   ḂḪṒṺ ỀỨἉἫ Ὥᾉᾭ"},
    {25, u"ВЦЊѼҪӐӸԲՆ\u2162      Ｉ                                ƄƸǢȌ       ḄḬṔṼ ỂỪἊἬ Ὦᾊᾮ"},
    {26, u"ГЧЋѾҬӒ ԳՇ\u2163      Ｊ                                Ƈ ǤȎ  Ɠ Ʈ  ḆḮṖṾ ỄỬἋἭ Ὧᾋᾯ"},
    {27, u"ДШЌҀҮӔ ԴՈ\u2164      Ｋ                                Ƌ ǦȐ   Ɵ   ḈḰṘẀ ỆỮἌἮ ᾺᾌᾸ"},
    {28, u"ЕЩЍ ҰӖ ԵՉ\u2165      Ｌ                                  ǨȒ    Ʊ  ḊḲṚẂẠỈỰἍἯὙΆᾍᾹ"},
    {29, u"ЖЪЎҊҲӘ ԶՊ\u2166      Ｍ                                Ƒ ǪȔ  Ɣ Ʋ  ḌḴṜẄẢỊỲἎἸ Ὲᾎ"},
    {30, u"ЗЫЏҌҴӚ ԷՋ\u2167      Ｎ                                ǶƼǬȖ       ḎḶṞẆẤỌỴἏἹὛΈᾏᾼῨ"},
    {31, u"ИЬѠҎҶӜ ԸՌ\u2168      Ｏ                                ƘǄǮȘȺ      ḐḸ ẈẦỎỶἘἺ Ὴᾘ Ῡ"},
    {32, u"ЙЭѢҐҸӞԀԹՍ\u2169      Ｐ                                ȽǇ ȚȻ      ḒḺṢẊẨỐỸἙἻὝΉᾙ"},
    {33, u"КЮѤҒҺӠԂԺՎ\u216a      Ｑ                                 ǊǱȜȾƁ     ḔḼṤẌẪỒ ἚἼ Ὶᾚ"},
    {34, u"ЛЯѦҔҼӢԄԻՏ\u216b      Ｒ                                ȠǍǴȞ ƆƗ    ḖḾṦẎẬỔ ἛἽὟΊᾛ"},
    {35, u"МЀѨҖҾӤԆԼՐ\u216c      Ｓ                                ƠǏǸ   Ɩ    ḘṀṨẐẮỖ ἜἾ Ὸᾜ Ῥ"},
    {36, u"НЁѪҘӀӦԈԽՑ\u216d      Ｔ                                ƢǑǺȢ Ɖ  Ʒ  ḚṂṪẒẰỘ ἝἿ Όᾝῌ"},
    {37, u"ОЂѬҚӁӨԊԾՒ\u216e      Ｕ                                ƤǓǼȤ Ɗ     ḜṄṬẔẲỚ  Ὀ Ὺᾞ"},
    {38, u"ПЃѮҜӃӪԌԿՓ\u216f      Ｖ                                ƧǕǾȦ   ƦɁ  ḞṆṮ ẴỜ  Ὁ Ύᾟ"},
    {39, u"РЄѰҞӅӬԎՀՔ       Ｗ                                 ǗȀȨ Ə     ḠṈṰ ẶỞ  ὊὨῺᾨ"},
    {40, u"СЅѲҠӇӮ ՁՕ       Ｘ                                 ǙȂȪ       ḢṊṲ ẸỠ  ὋὩΏᾩ"},
    {41, u"ТІѴҢӉӰ Ղ        Ｙ                                ƬǛȄȬ ƐƜƩ   ḤṌṴ ẺỢ ἨὌὪ ᾪῘῼ"},
    {42, u"УЇѶҤӋӲ Ճ        Ｚ                                ƯƎȆȮ       ḦṎṶ ẼỤ ἩὍὫ ᾫῙ"},
    {49, u"                ａ"},
    {50, u"                ｂ"},
    {51, u"                ｃ"},
    {52, u"                ｄ"},
    {53, u"                ｅ"},
    {54, u"                ｆ"},
    {55, u"афјѹҧӎӵ մ\u2170      ｇ                                ƀƴǟȉȱ ɝɱʅʙʭḁḩṑṹẛếủἀἢ ὤᾀᾤῒ"},
    {56, u"бхљѻҩ ӷայ\u2171      ｈ                                ƃƶǡȋȳ ɞɲʆʚʮḃḫṓṻ ềứἁἣ ὥᾁᾥΐῶ"},
    {57, u"вцњѽҫӑӹբն\u2172      ｉ                                ƅƹǣȍȴ ɟɳʇʛʯḅḭṕṽ ểừἂἤ ὦᾂᾦ ῷ"},
    {58, u"гчћѿҭӓ գշ\u2173      ｊ                                ƈƺǥȏȵ ɠɴʈʜ ḇḯṗṿ ễửἃἥ ὧᾃᾧ"},
    {59, u"дшќҁүӕ դո\u2174      ｋ                                ƌƻǧȑȶ ɡɵʉʝ ḉḱṙẁ ệữἄἦὐὰᾄᾰῖ"},
    {60, u"ещѝ ұӗ եչ\u2175      ｌ                                ƍ ǩȓȷ ɢɶʊʞ ḋḳṛẃạỉựἅἧὑάᾅᾱῗ"},
    {61, u"жъўҋҳә զպ\u2176      ｍ                                ƒƾǫȕȸ ɣɷʋʟ ḍḵṝẅảịỳἆἰὒὲᾆᾲ"},
    {62, u"зыџҍҵӛ էջ\u2177      ｎ                                ƕƽǭȗȹɐɤɸʌʠ ḏḷṟẇấọỵἇἱὓέᾇᾳῠ"},
    {63, u"иьѡҏҷӝ ըռ\u2178      ｏ                                ƙǆǯș ɑɥɹʍʡ ḑḹṡẉầỏỷἐἲὔὴᾐᾴῡ"},
    {64, u"йэѣґҹӟԁթս\u2179      ｐ                                ƚǉǰțȼɒɦɺʎʢ ḓḻṣẋẩốỹἑἳὕήᾑ ῢ"},
    {65, u"кюѥғһӡԃժվ\u217a      ｑ                                ƛǌǳȝ ɓɧɻʏʣ ḕḽṥẍẫồ ἒἴὖὶᾒᾶΰ"},
    {66, u"ляѧҕҽӣԅիտ\u217b      ｒ                                ƞǎǵȟȿɔɨɼʐʤ ḗḿṧẏậổ ἓἵὗίᾓᾷῤ"},
    {67, u"мѐѩҗҿӥԇլր\u217c      ｓ                                ơǐǹȡɀɕɩɽʑʥ ḙṁṩẑắỗ ἔἶ ὸᾔῂῥ"},
    {68, u"нёѫҙ ӧԉխց\u217d      ｔ                                ƣǒǻȣ ɖɪɾʒʦ ḛṃṫẓằộ ἕἷ όᾕῃῦ"},
    {69, u"ођѭқӂөԋծւ\u217e      ｕ                                ƥǔǽȥ ɗɫɿʓʧ ḝṅṭẕẳớ  ὀ ὺᾖῄῧ"},
    {70, u"пѓѯҝӄӫԍկփ\u217f      ｖ                                ƨǖǿȧ ɘɬʀʔʨ ḟṇṯẖẵờ  ὁ ύᾗ"},
    {71, u"рєѱҟӆӭԏհք       ｗ                                ƪǘȁȩ əɭʁʕʩ ḡṉṱẗặở  ὂὠὼᾠῆ"},
    {72, u"сѕѳҡӈӯ ձօ       ｘ                                ƫǚȃȫ ɚɮʂʖʪ ḣṋṳẘẹỡ  ὃὡώᾡῇῲ"},
    {73, u"тіѵңӊӱ ղ        ｙ                                ƭǜȅȭ ɛɯʃʗʫ ḥṍṵẙẻợ ἠὄὢ ᾢῐῳ"},
    {74, u"уїѷҥӌӳ ճ        ｚ                                ưǝȇȯ ɜɰʄʘʬ ḧṏṷẚẽụ ἡὅὣ ᾣῑῴ"},
};
constexpr char firstCode = '0';

char16_t letterOf(char first, char second)
{
    for (const Row &row : rows) {
        if (row.first != first - firstCode)
            continue;
        const std::u16string_view letters(row.letters);
        const int place = second - firstCode;
        return place >= 0 && static_cast<std::size_t>(place) < letters.size() && letters[static_cast<std::size_t>(place)] != u' '
                   ? letters[static_cast<std::size_t>(place)]
                   : u'\0';
    }
    return u'\0';
}

void append(std::string &out, unsigned code)
{
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | code >> 6);
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else {
        out += static_cast<char>(0xe0 | code >> 12);
        out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    }
}

} // namespace

std::string decodeName(std::string_view name)
{
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        // behind names that Windows reserves, such as "aux" and "nul"
        if (name.substr(i, 3) == "@@@") {
            i += 2;
            continue;
        }
        if (name[i] == '@' && i + 2 < name.size()) {
            if (const char16_t letter = letterOf(name[i + 1], name[i + 2]); letter != u'\0') {
                append(out, letter);
                i += 2;
                continue;
            }
            unsigned code = 0;
            const char *const digits = name.data() + i + 1;
            if (i + 4 < name.size() && std::from_chars(digits, digits + 4, code, 16).ptr == digits + 4) {
                append(out, code);
                i += 4;
                continue;
            }
        }
        out += name[i];
    }
    return out;
}

std::string encodeName(std::string_view name)
{
    std::string out;
    for (const char c : name) {
        const auto code = static_cast<unsigned char>(c);
        if (code >= 0x80 || std::isalnum(code) || c == '_') {
            out += c; // bytes beyond ASCII are read back as they are
            continue;
        }
        constexpr std::string_view digits = "0123456789abcdef";
        out.append("@00").append(1, digits[code >> 4]).append(1, digits[code & 15]);
    }
    return out;
}

std::string tableText(std::string_view schema, std::string_view table)
{
    if ((std::string(schema) + std::string(table)).find_first_of(".`") == std::string::npos)
        return std::string(schema) + '.' + std::string(table);
    std::string out;
    for (const auto name : {schema, table}) {
        out += out.empty() ? "`" : ".`";
        for (const char c : name) {
            out += c;
            if (c == '`')
                out += c;
        }
        out += '`';
    }
    return out;
}

} // namespace zandb::agent
