using System.Text.Json;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>What of a pod's metadata decides about capacity, read in place.</summary>
internal ref struct PodMeta
{
    public PodMeta() { }

    public string Name { get; private set; } = "";

    public string Namespace { get; private set; } = "";

    public string Version { get; private set; } = "";

    public SmallDictionary Labels { get; private set; } = SmallDictionary.None;

    /// <summary>The controller among its owners.</summary>
    public PodOwner? Owner { get; private set; }

    /// <summary>Whether it is to be deleted before others.</summary>
    public DeletionMark Mark { get; private set; }

    /// <summary>It is being deleted.</summary>
    public bool Ending { get; private set; }

    public void Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.SkipValue();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("namespace"u8))
                Namespace = PodSpecReader.Text(ref reader) ?? "";
            else if (reader.ValueTextEquals("name"u8))
                Name = Whole(ref reader);
            else if (reader.ValueTextEquals("resourceVersion"u8))
                Version = Whole(ref reader);
            else if (reader.ValueTextEquals("deletionTimestamp"u8))
                Ending = Whole(ref reader).Length > 0;
            else if (reader.ValueTextEquals("labels"u8))
                ReadLabels(ref reader);
            else if (reader.ValueTextEquals("annotations"u8))
                ReadMark(ref reader);
            else if (reader.ValueTextEquals("ownerReferences"u8))
                ReadOwners(ref reader);
            else
            {
                reader.Read();
                reader.SkipValue();
            }
        }
    }

    // Not pooled: no other pod has it.
    private static string Whole(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            return reader.GetString()!;
        reader.SkipValue();
        return "";
    }

    private void ReadLabels(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.SkipValue();
            return;
        }

        List<KeyValuePair<string, string>> pairs = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = StringPool.Read(ref reader);
            if (PodSpecReader.Text(ref reader) is { } value)
                pairs.Add(new(key, value));
        }

        Labels = new SmallDictionary([.. pairs]);
    }

    private void ReadMark(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.SkipValue();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(PodMarks.Ours))
                Mark = DeletionMark.Ours;
            else if (reader.ValueTextEquals(PodMarks.Cost) && Mark == DeletionMark.None)
                Mark = DeletionMark.Others;
            reader.Read();
            reader.SkipValue();
        }
    }

    private void ReadOwners(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.SkipValue();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var (kind, name, uid, controller) = ("", "", "", false);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("kind"u8))
                    kind = PodSpecReader.Text(ref reader) ?? "";
                else if (reader.ValueTextEquals("name"u8))
                    name = PodSpecReader.Text(ref reader) ?? "";
                else if (reader.ValueTextEquals("uid"u8))
                    uid = PodSpecReader.Text(ref reader) ?? "";
                else if (reader.ValueTextEquals("controller"u8))
                {
                    reader.Read();
                    controller = reader.TokenType == JsonTokenType.True;
                    reader.SkipValue();
                }
                else
                {
                    reader.Read();
                    reader.SkipValue();
                }
            }

            if (controller)
                Owner = Interned.Of(new PodOwner(kind, name, uid));
        }
    }
}
