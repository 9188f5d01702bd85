using System.Text.Json.Nodes;
using Google.Protobuf;

namespace Ebb.Simulation.Api;

/// <summary>
/// Reads objects that clients in Go send as protobuf: four bytes, an envelope with kind and version, and the object.
/// Fields that neither kubectl's create commands nor Helm set are passed over.
/// </summary>
internal static class ProtobufBody
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";
    private static readonly byte[] Prefix = "k8s\0"u8.ToArray();
    private static readonly Dictionary<string, Dictionary<int, Field>> Messages = Table(Embedded.Text("protobuf.txt"));

    /// <summary>The same as JSON; null: it is none that can be read.</summary>
    public static JsonObject? Read(byte[] body)
    {
        if (!body.AsSpan().StartsWith(Prefix))
        {
            return null;
        }

        try
        {
            var (apiVersion, kind, raw) = Envelope(
                new CodedInputStream(body, Prefix.Length, body.Length - Prefix.Length)
            );
            if (!Messages.ContainsKey(kind))
            {
                return null;
            }

            var tree = Message(kind, raw);
            tree["apiVersion"] = apiVersion;
            tree["kind"] = kind;
            return tree;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static (string ApiVersion, string Kind, ByteString Raw) Envelope(CodedInputStream input)
    {
        var (apiVersion, kind, raw) = ("", "", ByteString.Empty);
        while (input.ReadTag() is > 0 and var tag)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1:
                    var type = input.ReadBytes().CreateCodedInput();
                    while (type.ReadTag() is > 0 and var part)
                    {
                        switch (WireFormat.GetTagFieldNumber(part))
                        {
                            case 1:
                                apiVersion = type.ReadString();
                                break;
                            case 2:
                                kind = type.ReadString();
                                break;
                            default:
                                type.SkipLastField();
                                break;
                        }
                    }

                    break;
                case 2:
                    raw = input.ReadBytes();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return (apiVersion, kind, raw);
    }

    // The table has no circles, so that it ends.
    private static JsonObject Message(string name, ByteString bytes)
    {
        var (tree, fields, input) = (new JsonObject(), Messages[name], bytes.CreateCodedInput());
        while (input.ReadTag() is > 0 and var tag)
        {
            if (!fields.TryGetValue(WireFormat.GetTagFieldNumber(tag), out var field))
            {
                input.SkipLastField();
            }
            else if (field.Name == "-")
            {
                foreach (var (own, value) in Message(field.Type, input.ReadBytes()))
                {
                    tree[own] = value?.DeepClone();
                }
            }
            else if (field.Form == "{}")
            {
                var (key, value) = Entry(field.Type, input.ReadBytes().CreateCodedInput());
                if (tree[field.Name] is not JsonObject map)
                {
                    tree[field.Name] = map = [];
                }

                map[key] = value;
            }
            else if (field.Form == "[]")
            {
                if (tree[field.Name] is not JsonArray list)
                {
                    tree[field.Name] = list = [];
                }

                list.Add(Value(field.Type, input, keepsZero: true));
            }
            else if (Value(field.Type, input, field.Form == "?") is { } value)
            {
                tree[field.Name] = value;
            }
        }

        return tree;
    }

    private static (string Key, JsonNode? Value) Entry(string type, CodedInputStream input)
    {
        var (key, value) = ("", (JsonNode?)null);
        while (input.ReadTag() is > 0 and var tag)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1:
                    key = input.ReadString();
                    break;
                case 2:
                    value = Value(type, input, keepsZero: true);
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return (key, value);
    }

    // Go writes what was never set as well: zeros are none, unless the field can tell them apart.
    private static JsonNode? Value(string type, CodedInputStream input, bool keepsZero)
    {
        switch (type)
        {
            case "text":
                return input.ReadString() is var text && (keepsZero || text.Length > 0) ? text : null;
            case "int":
                return input.ReadInt64() is var number && (keepsZero || number != 0) ? number : null;
            case "flag":
                return input.ReadBool() is var flag && (keepsZero || flag) ? flag : null;
            case "bytes":
                return Convert.ToBase64String(input.ReadBytes().Span);
            case "quantity":
                return Entry("text", input.ReadBytes().CreateCodedInput()).Key;
            case "intstr":
                return IntOrText(input.ReadBytes().CreateCodedInput());
            default:
                return Message(type, input.ReadBytes()) is var message && (keepsZero || message.Count > 0)
                    ? message
                    : null;
        }
    }

    private static JsonNode IntOrText(CodedInputStream input)
    {
        var (isText, number, text) = (false, 0L, "");
        while (input.ReadTag() is > 0 and var tag)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1:
                    isText = input.ReadInt64() != 0;
                    break;
                case 2:
                    number = input.ReadInt64();
                    break;
                case 3:
                    text = input.ReadString();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return isText ? text : number;
    }

    private static Dictionary<string, Dictionary<int, Field>> Table(string text)
    {
        Dictionary<string, Dictionary<int, Field>> messages = new(StringComparer.Ordinal);
        Dictionary<int, Field> current = [];
        foreach (var line in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line[0] != ' ')
            {
                messages[line] = current = [];
                continue;
            }

            foreach (
                var field in line.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            )
            {
                var parts = field.Split(' ');
                var form =
                    parts[2].EndsWith('?') ? "?"
                    : parts[2].EndsWith("[]", StringComparison.Ordinal) ? "[]"
                    : parts[2].EndsWith("{}", StringComparison.Ordinal) ? "{}"
                    : "";
                current[int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture)] = new Field(
                    parts[1],
                    parts[2][..^form.Length],
                    form
                );
            }
        }

        return messages;
    }

    private readonly record struct Field(string Name, string Type, string Form);
}
