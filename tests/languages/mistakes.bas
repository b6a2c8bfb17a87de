Const API_KEY = "«openai.key»" ' expect: KL101

Sub Ask()
    Dim http As Object
    Set http = CreateObject("MSXML2.XMLHTTP")
    http.Open "GET", "https://api.openai.com/v1/models", False
    http.setRequestHeader "Authorization", "Bearer" & Environ("OPENAI_API_KEY") ' expect: KL302
    http.setRequestHeader "Authorization", "Bearer " & Environ("OPENAI_API_KEY")
    Debug.Print "key set: " & (Len(Environ("OPENAI_API_KEY")) > 0)
End Sub
