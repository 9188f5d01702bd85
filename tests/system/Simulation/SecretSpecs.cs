using System.Net.Http.Headers;
using System.Text;

namespace Ebb.Tests.Simulation;

/// <summary>Secrets, and deletions whose options come as protobuf: what Helm keeps its releases with.</summary>
public sealed class SecretSpecs
{
    private const string Secrets = "/api/v1/namespaces/default/secrets";

    [Fact]
    public async Task What_is_written_as_text_is_shown_encoded_and_the_type_stays()
    {
        await using var world = await World.StartAsync();
        var (status, made) = await world.Send(
            "POST",
            Secrets,
            Secret(
                "s",
                """ "data": {"a": "b2xk", "b": "Yg=="}, "stringData": {"a": "new"}, "type": "helm.sh/release.v1" """
            )
        );
        Assert.Equal(201, status);
        Assert.Equal("""{"a":"bmV3","b":"Yg=="}""", made!["data"]!.ToJsonString());
        Assert.Null(made["stringData"]);
        var (refused, why) = await world.Merge(Secrets + "/s", """{"type": "Opaque"}""");
        Assert.Equal(
            (422, "Secret \"s\" is invalid: type: Invalid value: \"Opaque\": field is immutable"),
            (refused, (string?)why!["message"])
        );
    }

    [Theory]
    [InlineData(1_048_576, 201)]
    [InlineData(1_048_577, 422)]
    public async Task It_holds_a_mebibyte_however_that_is_encoded(int bytes, int status)
    {
        await using var world = await World.StartAsync();
        var data = Convert.ToBase64String(new byte[bytes]);
        var (answered, body) = await world.Send("POST", Secrets, Secret("s", $" \"data\": {{\"k\": \"{data}\"}} "));
        Assert.Equal(status, answered);
        if (status == 422)
            Assert.Equal(
                "Secret \"s\" is invalid: data: Too long: may not be more than 1048576 bytes",
                (string?)body!["message"]
            );
    }

    [Theory]
    [InlineData(""" "data": {"no/key": ""} """, "data[no/key]")]
    [InlineData(""" "data": {"tls.crt": ""}, "type": "kubernetes.io/tls" """, "data[tls.key]: Required value")]
    public async Task A_key_that_is_none_and_one_that_is_missing_are_refused(string fields, string told)
    {
        await using var world = await World.StartAsync();
        var (status, body) = await world.Send("POST", Secrets, Secret("s", fields));
        Assert.Equal(422, status);
        Assert.Contains(told, (string?)body!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_immutable_stays_as_it_is()
    {
        await using var world = await World.StartAsync();
        Assert.Equal(201, (await world.Send("POST", Secrets, Secret("s", """ "immutable": true """))).Status);
        var (status, body) = await world.Merge(Secrets + "/s", """{"data": {"a": "Yg=="}}""");
        Assert.Equal(422, status);
        Assert.Contains(
            "data: Forbidden: field is immutable when",
            (string?)body!["message"],
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(false, 409)]
    [InlineData(true, 200)]
    public async Task Options_of_a_deletion_in_protobuf_count_as_those_in_json_do(bool same, int status)
    {
        await using var world = await World.StartAsync();
        var (_, made) = await world.Send("POST", Secrets, Secret("s", """ "data": {} """));
        var uid = same ? (string)made!["metadata"]!["uid"]! : "00000000-0000-0000-0000-000000000000";
        byte[] options = Field(2, Field(1, Encoding.UTF8.GetBytes(uid)));
        Assert.Equal(status, await DeleteAsync(world, Envelope("DeleteOptions", options)));
        Assert.Equal(same, world.Store.Get("secrets", "default", "s") is null);
    }

    [Fact]
    public async Task A_deletion_with_a_body_that_is_no_options_deletes_nothing()
    {
        await using var world = await World.StartAsync();
        await world.Send("POST", Secrets, Secret("s", """ "data": {} """));
        Assert.Equal(400, await DeleteAsync(world, [1, 2, 3]));
        Assert.Equal(400, await DeleteAsync(world, Envelope("Secret", [])));
        Assert.NotNull(world.Store.Get("secrets", "default", "s"));
    }

    private static string Secret(string name, string fields) =>
        $$"""{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "{{name}}"}, {{fields}} }""";

    private static async Task<int> DeleteAsync(World world, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, Secrets + "/s")
        {
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.kubernetes.protobuf");
        using var answer = await world.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }

    /// <summary>As clients in Go wrap an object: four bytes, then version and kind, then the object.</summary>
    private static byte[] Envelope(string kind, byte[] raw) =>
        [
            .. "k8s\0"u8,
            .. Field(1, [.. Field(1, "v1"u8.ToArray()), .. Field(2, Encoding.UTF8.GetBytes(kind))]),
            .. Field(2, raw),
        ];

    private static byte[] Field(byte number, byte[] value) =>
        [(byte)((number << 3) | 2), checked((byte)value.Length), .. value];
}
